import { describe, expect, it } from 'vitest';
import { judgeProtocol, PROTOCOL, PROTOCOL_OLDEST } from '../../bridge/index.ts';

describe('the protocol number', () => {
  it('is accepted from the oldest understood to our own', () => {
    for (let number = PROTOCOL_OLDEST; number <= PROTOCOL; number += 1) {
      expect(judgeProtocol(number)).toBe('ok');
    }
  });

  it('above ours asks for a newer service', () => {
    expect(judgeProtocol(PROTOCOL + 1)).toBe('upgrade-service');
  });

  it('below the oldest asks for a newer shim', () => {
    expect(judgeProtocol(PROTOCOL_OLDEST - 1)).toBe('upgrade-shim');
    expect(judgeProtocol(-1)).toBe('upgrade-shim');
  });

  it('never leaves more than the previous one behind', () => {
    expect(PROTOCOL - PROTOCOL_OLDEST).toBeLessThanOrEqual(1);
  });
});
