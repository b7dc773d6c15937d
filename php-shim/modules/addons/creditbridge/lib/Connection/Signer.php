<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Limits;

/**
 * Standard Webhooks 1.0 signatures: `v1,` + base64(HMAC-SHA256(key, "id.timestamp.body")).
 */
final class Signer
{
    /**
     * Returns the signature header: one signature per secret, so that during a rotation the receiver needs only one of
     * them.
     *
     * @param string[] $secrets each `whsec_` + base64
     */
    public static function sign(string $id, int $timestamp, string $body, array $secrets): string
    {
        $signatures = [];
        foreach (self::readable($secrets) as $secret) {
            $signatures[] = 'v1,' . self::signature($id, (string) $timestamp, $body, $secret);
        }
        return implode(' ', $signatures);
    }

    /**
     * Checks a received message. Returns '' if one of the secrets signed it, else the refusal's code.
     *
     * @param string[] $secrets
     */
    public static function refusal(
        string $id,
        string $timestamp,
        string $body,
        string $header,
        array $secrets,
        int $now
    ): string {
        if (!preg_match('/^[A-Za-z0-9_-]{1,64}$/D', $id)) {
            return 'id-missing';
        }
        if (!preg_match('/^\d{1,12}$/D', $timestamp)) {
            return 'timestamp-missing';
        }
        if (trim($header) === '') {
            return 'signature-missing';
        }
        if ((int) $timestamp < $now - Limits::TOLERANCE_SECONDS) {
            return 'timestamp-too-old';
        }
        if ((int) $timestamp > $now + Limits::TOLERANCE_SECONDS) {
            return 'timestamp-too-new';
        }
        return self::matches($id, $timestamp, $body, $header, $secrets) ? '' : 'signature-wrong';
    }

    /** Compares every pair, even after a match, so that the time taken reveals nothing. */
    private static function matches(string $id, string $timestamp, string $body, string $header, array $secrets): bool
    {
        $matched = false;
        foreach (self::readable($secrets) as $secret) {
            $expected = 'v1,' . self::signature($id, $timestamp, $body, $secret);
            foreach (array_slice(explode(' ', $header), 0, 8) as $given) {
                $matched = hash_equals($expected, $given) || $matched;
            }
        }
        return $matched;
    }

    private static function signature(string $id, string $timestamp, string $body, string $secret): string
    {
        return base64_encode(hash_hmac('sha256', $id . '.' . $timestamp . '.' . $body, self::key($secret), true));
    }

    /** Leaves out unreadable secrets: they would all be the empty key, which anybody can sign with. */
    private static function readable(array $secrets): array
    {
        return array_filter($secrets, static function (string $secret): bool {
            return self::key($secret) !== '';
        });
    }

    private static function key(string $secret): string
    {
        $encoded = strncmp($secret, 'whsec_', 6) === 0 ? substr($secret, 6) : $secret;
        return (string) base64_decode($encoded, true);
    }
}
