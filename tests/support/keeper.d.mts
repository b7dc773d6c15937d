export function tellKeeper(line: `started ${number}` | `ended ${number}` | `made ${string}`): void;
