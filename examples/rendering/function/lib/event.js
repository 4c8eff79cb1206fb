'use strict';

// What an event may say, checked before anything is started for it.

const Ajv = require('ajv');

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    document: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
    sample: { enum: ['pdf', 'ps', 'svg'] },
    letter: {
      type: 'object',
      additionalProperties: false,
      required: ['to', 'template'],
      properties: {
        to: { type: 'array', items: { type: 'string', maxLength: 60 }, minItems: 1, maxItems: 6 },
        template: { type: 'string', maxLength: 20000 },
        data: { type: 'object', default: {} },
        mailId: { type: 'string', pattern: '^[A-Z0-9-]{1,32}$' },
      },
    },
    page: { type: 'integer', minimum: 1, maximum: 10000, default: 1 },
    dpi: { type: 'integer', minimum: 18, maximum: 600, default: 150 },
    proof: { type: 'boolean', default: false },
  },
};
const sources = ['document', 'sample', 'letter'];

const ajv = new Ajv({ useDefaults: true });
const validate = ajv.compile(schema);

// The event with its defaults. Throws an Error that names what is wrong.
exports.readEvent = (rawEvent) => {
  const event = structuredClone(rawEvent ?? {});
  if (!validate(event)) {
    const [{ instancePath, message, params }] = validate.errors;
    const unknown = params.additionalProperty ? `: ${params.additionalProperty}` : '';
    throw new Error(`event${instancePath} ${message}${unknown}`);
  }
  const given = sources.filter((name) => event[name] !== undefined);
  if (given.length > 1) throw new Error(`event has ${given.join(' and ')}: one of them, please`);
  return event;
};
