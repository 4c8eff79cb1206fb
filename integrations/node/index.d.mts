import * as ballast from './index.js';

export * from './index.js';
export default ballast;
