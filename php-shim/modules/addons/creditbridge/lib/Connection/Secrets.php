<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
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
    /** What the service calls them in its settings. */
    const NAMES = [
        self::TO_SERVICE => 'CREDITBRIDGE_SECRET_TO_SERVICE',
        self::TO_WHMCS => 'CREDITBRIDGE_SECRET_TO_WHMCS',
    ];

    /** What each of them looks like. Something else is what WHMCS makes of it with another cc_encryption_hash. */
    const FORM = '/^whsec_[A-Za-z0-9+\/]{43}=$/D';

    /** @var array|null direction → position → secret, for this request */
    private static $known;
    /** @var string[] those that could not be decrypted, as they are stored */
    private static $unreadable = [];

    /**
     * The secrets of one direction, the newest first. So the service's settings, the panel and all documents write `new,old`
     * during a rotation.
     *
     * @return string[]
     */
    public static function of(string $direction): array
    {
        $known = self::known();
        return array_values($known[$direction] ?? []);
    }

    /** @return array<string, string[]> direction → its secrets, as `of` has them */
    public static function all(): array
    {
        return [self::TO_SERVICE => self::of(self::TO_SERVICE), self::TO_WHMCS => self::of(self::TO_WHMCS)];
    }

    /** @return array<string, string[]> direction → the secret of this position, if there is one */
    public static function at(string $position): array
    {
        $known = self::known();
        $one = static function (string $direction) use ($known, $position): array {
            return isset($known[$direction][$position]) ? [$known[$direction][$position]] : [];
        };
        return [self::TO_SERVICE => $one(self::TO_SERVICE), self::TO_WHMCS => $one(self::TO_WHMCS)];
    }

    public static function isRotating(): bool
    {
        return isset(self::known()[self::TO_SERVICE][self::NEXT]);
    }

    /** direction → position → secret, of those that can be read. */
    public static function known(): array
    {
        if (self::$known === null) {
            self::$known = self::$unreadable = [];
            $rows = Database::rows(
                'SELECT direction, position, secret FROM mod_creditbridge_secrets ORDER BY direction, position DESC'
            );
            foreach ($rows as $row) {
                $answer = LocalApi::demand('DecryptPassword', ['password2' => $row['secret']]);
                if (preg_match(self::FORM, (string) $answer['password']) === 1) {
                    self::$known[$row['direction']][$row['position']] = (string) $answer['password'];
                } else {
                    self::$unreadable[] = $row['secret'];
                }
            }
        }
        return self::$known;
    }

    /** Drops the cached secrets, so that a long-lived process notices a rotation. */
    public static function forget(): void
    {
        self::$known = null;
    }

    /**
     * Creates the current secrets if they are missing or nobody can read them any more: on activation, or when an admin wants
     * to see or test them. By what is stored, so that of two admins at once the second changes nothing.
     *
     * @throws Declined while another host works, which may be able to read them
     */
    public static function make(): void
    {
        if (isset(self::known()[self::TO_SERVICE][self::CURRENT], self::known()[self::TO_WHMCS][self::CURRENT])) {
            return;
        }
        if (self::$unreadable !== [] && Hosts::isAnotherAtWork()) {
            throw new Declined('Nothing was changed: WHMCS cannot decrypt the secrets here, and another host of this WHMCS'
                . ' worked within the last ' . Hosts::ALIVE_MINUTES . ' minutes, which may. Give this host the same'
                . ' cc_encryption_hash in configuration.php.');
        }
        $secrets = self::encrypted();
        if (self::$unreadable !== []) {
            Database::change(
                'DELETE FROM mod_creditbridge_secrets WHERE secret IN (' . Database::marks(self::$unreadable) . ')',
                self::$unreadable
            );
        }
        self::store(self::CURRENT, $secrets);
    }

    /** Starts a rotation: creates a next secret for each direction, used beside the current one. */
    public static function prepareNext(string $actor): void
    {
        $secrets = self::encrypted();
        Audit::recorded($actor, 'secrets-rotate', [], static function () use ($secrets): bool {
            self::store(self::NEXT, $secrets);
            return true;
        });
    }

    /** Ends a rotation: the next secrets become the current ones, in both directions or in neither. */
    public static function promoteNext(string $actor): void
    {
        Audit::recorded($actor, 'secrets-rotate-finish', [], static function (): bool {
            Database::change(
                'DELETE old FROM mod_creditbridge_secrets old JOIN mod_creditbridge_secrets next'
                . ' ON next.direction = old.direction AND next.position = ? WHERE old.position = ?',
                [self::NEXT, self::CURRENT]
            );
            Database::change(
                'UPDATE mod_creditbridge_secrets SET position = ? WHERE position = ?',
                [self::CURRENT, self::NEXT]
            );
            return true;
        });
        self::forget();
    }

    /** Takes a rotation back: the next secrets are forgotten. */
    public static function dropNext(string $actor): void
    {
        Audit::recorded($actor, 'secrets-rotate-back', [], static function (): bool {
            Database::change('DELETE FROM mod_creditbridge_secrets WHERE position = ?', [self::NEXT]);
            return true;
        });
        self::forget();
    }

    /**
     * Gives a copy of an installation its own secrets, so that it cannot call the original's service.
     *
     * @param array<string, string> $secrets what encrypted() returned
     */
    public static function replaceAll(array $secrets): void
    {
        Database::change('DELETE FROM mod_creditbridge_secrets');
        self::store(self::CURRENT, $secrets);
    }

    /**
     * A new secret for each direction, encrypted by WHMCS. Separate from storing, so that no call of WHMCS's API stands
     * in a transaction of ours.
     *
     * @return array<string, string> direction → encrypted secret
     */
    public static function encrypted(): array
    {
        $secrets = [];
        foreach ([self::TO_SERVICE, self::TO_WHMCS] as $direction) {
            $secret = 'whsec_' . base64_encode(random_bytes(32));
            $secrets[$direction] = (string) LocalApi::demand('EncryptPassword', ['password2' => $secret])['password'];
        }
        return $secrets;
    }

    /** Stores those that are missing, in one statement: both directions, or neither. */
    private static function store(string $position, array $secrets): void
    {
        $values = [];
        foreach ($secrets as $direction => $secret) {
            array_push($values, $direction, $position, $secret);
        }
        Database::change(
            'INSERT IGNORE INTO mod_creditbridge_secrets (direction, position, secret, created_at) VALUES '
            . implode(', ', array_fill(0, count($secrets), '(?, ?, ?, UTC_TIMESTAMP(6))')),
            $values
        );
        self::forget();
    }
}
