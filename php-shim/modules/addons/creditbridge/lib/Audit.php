<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use RuntimeException;
use Throwable;
use WHMCS\Database\Capsule;

/**
 * Records who did what and when, in a table that the service writes too (bridge/README.md, mod_creditbridge_audit). The
 * shim records its own acts itself, because they also work without the service. What an admin did also gets a line in
 * WHMCS's activity log, with the address it was done from.
 */
final class Audit
{
    const SHIM = 'shim';
    const INSTALLATION = 'installation';
    /** How an admin's name here begins; the number follows. */
    const ADMIN = 'admin:';
    /** How often a change and its record are tried together after a deadlock. */
    const TRIES = 3;
    /** Each try waits for the transaction of whoever was faster. */
    const ADD_TRIES = 100;
    /** What an admin did, for the activity log. */
    const WORDS = [
        'secrets-show' => 'looked at the secrets',
        'secrets-rotate' => 'began to rotate the secrets',
        'secrets-rotate-back' => 'took the rotation of the secrets back',
        'secrets-rotate-finish' => 'finished the rotation of the secrets',
        'pair' => 'connected addon and service',
        'self-test' => 'ran the self-test',
        'trial' => 'ran the trial invoice',
        'trial-return' => 'ran the trial of returning credit',
        'trial-clean-up' => 'had the remains of a trial cleaned up',
        'freeze' => 'froze everything',
        'unfreeze' => 'unfroze everything',
        'client-freeze' => 'froze a client',
        'client-unfreeze' => 'unfroze a client',
        'api-token-make' => 'made a token of the API',
        'ceilings-save' => 'set the ceilings for added credit',
        'command-settle-ask' => 'said what a command in doubt did, which another admin has to say, too',
        'command-settle' => 'settled a command in doubt',
        'halt-answer' => 'said whether the database was restored',
        'host-remove' => 'removed a host',
        'installation-moved' => 'said that this installation was moved; it pairs again',
        'installation-copied' => 'said that this installation is a copy; sending, running and mail are off',
        'copy-turn-on' => 'turned this copy on; it pairs with the service that is set for it',
        'automatic-use-take-over' => 'switched Automatic Credit Use off; Credit Bridge applies credit now',
        'automatic-use-give-back' => 'gave Automatic Credit Use back to WHMCS',
    ];

    public static function admin(int $adminId): string
    {
        return self::ADMIN . $adminId;
    }

    /**
     * Makes a change in our tables and its record in one transaction: if PHP dies, there are both or neither.
     *
     * If the record cannot be written, the change is made without it and the logs have it, because a freeze must hold
     * even if it cannot be recorded here.
     *
     * @param callable $change returns whether it changed anything; otherwise nothing is recorded
     * @return bool what $change returned
     * @throws Throwable what $change throws; then nothing was changed
     */
    public static function recorded(
        string $actor,
        string $act,
        array $details,
        callable $change,
        string $target = self::INSTALLATION
    ): bool {
        $isRecorded = Schema::isCurrent();
        $details = self::withAddress($actor, $details);
        $record = static function () use ($isRecorded, $actor, $act, $target, $details): void {
            if ($isRecorded) {
                self::insert($actor, $act, $target, $details);
            }
        };
        try {
            $isChanged = Capsule::connection()->transaction(static function () use ($change, $record): bool {
                $isChanged = $change();
                if ($isChanged) {
                    $record();
                }
                return $isChanged;
            }, self::TRIES);
        } catch (NotRecorded $fault) {
            self::tellLogs($fault, $actor, $act, $target);
            $isChanged = $change();
        }
        if ($isChanged) {
            self::tellActivity($actor, $act, $target, $details);
        }
        return $isChanged;
    }

    /** Records an act that changes no row of ours. Never throws: the act is already done. */
    public static function byAdmin(int $adminId, string $act, string $target, array $details = []): void
    {
        $details = self::withAddress(self::admin($adminId), $details);
        try {
            if (Schema::isCurrent()) {
                self::insert(self::admin($adminId), $act, $target, $details);
            }
        } catch (Throwable $fault) {
            self::tellLogs($fault, self::admin($adminId), $act, $target);
        }
        self::tellActivity(self::admin($adminId), $act, $target, $details);
    }

    /** Tells WHMCS's activity log that an admin tried what the role does not allow. */
    public static function refused(int $adminId, string $act, string $needed): void
    {
        $name = preg_match('/^[a-z-]{1,40}$/D', $act) === 1 ? $act : 'something unknown';
        Log::activity('admin ' . $adminId . ' at ' . (self::address() ?: 'an unknown address') . ' tried ' . $name
            . ' without the permission ' . $needed . '; nothing was done.');
    }

    private static function withAddress(string $actor, array $details): array
    {
        return strpos($actor, self::ADMIN) === 0 ? $details + ['address' => self::address()] : $details;
    }

    /** The address of the browser, as the web server tells it; '' on the command line. */
    private static function address(): string
    {
        return (string) filter_var($_SERVER['REMOTE_ADDR'] ?? '', FILTER_VALIDATE_IP);
    }

    private static function tellActivity(string $actor, string $act, string $target, array $details): void
    {
        if (strpos($actor, self::ADMIN) !== 0) {
            return;
        }
        $about = $target === self::INSTALLATION ? '' : ' (' . $target . ')';
        $reason = ($details['reason'] ?? '') !== '' ? ': ' . $details['reason'] : '';
        Log::activity(
            'admin ' . substr($actor, strlen(self::ADMIN)) . ' at ' . ($details['address'] ?: 'an unknown address') . ' '
            . (self::WORDS[$act] ?? 'did ' . $act) . $about . $reason . '.',
            preg_match('/^client:(\d+)$/D', $target, $client) === 1 ? (int) $client[1] : 0
        );
    }

    /** @throws NotRecorded */
    private static function insert(string $actor, string $act, string $target, array $details): void
    {
        $text = $details === [] ? '{}' : Json::encode($details);
        try {
            for ($try = 1; !self::addBehindLast($actor, $act, Text::storable($target, 190), $text); $try++) {
                if ($try === self::ADD_TRIES) {
                    throw new RuntimeException('others kept writing to the audit');
                }
            }
        } catch (Throwable $fault) {
            // With its words, by which Capsule knows a deadlock and tries the transaction again.
            throw new NotRecorded($fault->getMessage(), 0, $fault);
        }
    }

    /**
     * Adds a row to the chain (bridge/README.md, "The audit"). Whoever adds one at the same time waits for the lock on the
     * last row, and then finds the place behind it taken.
     *
     * @return bool false if another row took the place
     */
    private static function addBehindLast(string $actor, string $act, string $target, string $details): bool
    {
        $last = Database::row(
            'SELECT sequence, HEX(link) AS link FROM mod_creditbridge_audit ORDER BY sequence DESC LIMIT 1 FOR UPDATE'
        );
        $row = [
            'sequence' => (int) ($last['sequence'] ?? 0) + 1,
            'id' => Uuid::v7(),
            'actor' => $actor,
            'act' => $act,
            'target' => $target,
            'at' => (string) Database::value("SELECT DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%d %H:%i:%s.%f')"),
        ];
        $salt = random_bytes(AuditChain::SALT_BYTES);
        $digest = AuditChain::digest($salt, $details);
        $before = $last === null ? AuditChain::beginning() : (string) hex2bin($last['link']);
        try {
            Database::change(
                'INSERT INTO mod_creditbridge_audit (sequence, id, actor, act, target, at, details, salt, digest, link)'
                . ' VALUES (?, ?, ?, ?, ?, ?, ?, UNHEX(?), UNHEX(?), UNHEX(?))',
                array_merge(array_values($row), [
                    $details, bin2hex($salt), bin2hex($digest), bin2hex(AuditChain::link($before, $row, $digest)),
                ])
            );
            return true;
        } catch (Throwable $fault) {
            if (preg_match("/\b1062\b.*'(mod_creditbridge_audit\.)?PRIMARY'/s", $fault->getMessage()) === 1) {
                return false;
            }
            throw $fault;
        }
    }

    private static function tellLogs(Throwable $fault, string $actor, string $act, string $target): void
    {
        Log::fault('audit', $fault);
        Log::activity('could not record in the audit: ' . $act . ' of ' . $target . ' by ' . $actor . '.');
    }
}
