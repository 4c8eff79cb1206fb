'use strict';

// As much of Lambda's API as `deploy function` asks for: any function exists, with another hash than anything has; code
// that is sent is written to a file. Prints its port.
//
//   node fake-lambda.js CODE.zip

const fs = require('node:fs');
const http = require('node:http');

const server = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => (body += text));
  request.on('end', () => {
    if (request.method === 'PUT' && request.url.endsWith('/code')) fs.writeFileSync(process.argv[2], Buffer.from(JSON.parse(body).ZipFile, 'base64'));
    const configuration = { FunctionName: 'sample', CodeSha256: 'none', State: 'Active', LastUpdateStatus: 'Successful', Handler: '', Runtime: '' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...configuration, Configuration: configuration }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
