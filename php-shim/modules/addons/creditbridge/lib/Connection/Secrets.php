<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * The secrets of both directions, encrypted with WHMCS's own key (EncryptPassword, whmcs.md §6), in a table that the
 * service may not read.
 */
final class Secrets
{
    const TO_SERVICE = 'to-service';
    const TO_WHMCS = 'to-whmcs';
    const CURRENT = 'current';
    const NEXT = 'next';

    /** @var array|null direction → position → secret, for this request */
    private static $known;

    /**
     * The secrets of one direction, the current one first.
     *
     * @return string[]
     */
    public static function of(string $direction): array
    {
        $known = self::known();
        return array_values($known[$direction] ?? []);
    }

    /** direction → position → secret. */
    public static function known(): array
    {
        if (self::$known === null) {
            self::$known = [];
            $rows = Database::rows(
                'SELECT direction, position, secret FROM mod_creditbridge_secrets ORDER BY direction, position'
            );
            foreach ($rows as $row) {
                $answer = LocalApi::demand('DecryptPassword', ['password2' => $row['secret']]);
                self::$known[$row['direction']][$row['position']] = (string) $answer['password'];
            }
        }
        return self::$known;
    }

    /** Drops the cached secrets, so that a long-lived process notices a rotation. */
    public static function forget(): void
    {
        self::$known = null;
    }

    /** Creates missing current secrets. */
    public static function make(): void
    {
        foreach ([self::TO_SERVICE, self::TO_WHMCS] as $direction) {
            self::store($direction, self::CURRENT);
        }
    }

    /** Starts a rotation: creates a next secret for each direction, used beside the current one. */
    public static function prepareNext(): void
    {
        foreach ([self::TO_SERVICE, self::TO_WHMCS] as $direction) {
            self::store($direction, self::NEXT);
        }
    }

    /** Ends a rotation: the next secrets become the current ones. */
    public static function promoteNext(): void
    {
        foreach ([self::TO_SERVICE, self::TO_WHMCS] as $direction) {
            $next = Database::value(
                'SELECT secret FROM mod_creditbridge_secrets WHERE direction = ? AND position = ?',
                [$direction, self::NEXT]
            );
            if ($next !== null) {
                Database::change(
                    'UPDATE mod_creditbridge_secrets SET secret = ?, created_at = UTC_TIMESTAMP(6)'
                    . ' WHERE direction = ? AND position = ?',
                    [$next, $direction, self::CURRENT]
                );
                Database::change(
                    'DELETE FROM mod_creditbridge_secrets WHERE direction = ? AND position = ?',
                    [$direction, self::NEXT]
                );
            }
        }
        self::forget();
    }

    /** Gives a copy of an installation its own secrets, so that it cannot call the original's service. */
    public static function replaceAll(): void
    {
        Database::change('DELETE FROM mod_creditbridge_secrets');
        self::make();
    }

    private static function store(string $direction, string $position): void
    {
        $secret = 'whsec_' . base64_encode(random_bytes(32));
        $answer = LocalApi::demand('EncryptPassword', ['password2' => $secret]);
        Database::change(
            'INSERT IGNORE INTO mod_creditbridge_secrets (direction, position, secret, created_at)'
            . ' VALUES (?, ?, ?, UTC_TIMESTAMP(6))',
            [$direction, $position, (string) $answer['password']]
        );
        self::forget();
    }
}
