export function installKeys(_page: Document, _memory: Storage): void {}
