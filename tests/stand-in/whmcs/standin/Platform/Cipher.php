<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** encrypt() and decrypt(): two encryptions of one text differ (whmcs.md §6, EncryptPassword). */
final class Cipher
{
    public static function encrypt(string $text): string
    {
        $nonce = random_bytes(SODIUM_CRYPTO_SECRETBOX_NONCEBYTES);
        return base64_encode($nonce . sodium_crypto_secretbox($text, $nonce, self::key()));
    }

    /** The empty string when the text was not encrypted here. */
    public static function decrypt(string $text): string
    {
        $bytes = base64_decode($text, true);
        if ($bytes === false || strlen($bytes) <= SODIUM_CRYPTO_SECRETBOX_NONCEBYTES) {
            return '';
        }
        $nonce = substr($bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES);
        $plain = sodium_crypto_secretbox_open(substr($bytes, strlen($nonce)), $nonce, self::key());
        return $plain === false ? '' : $plain;
    }

    private static function key(): string
    {
        return hash('sha256', Instance::get('cc_encryption_hash'), true);
    }
}
