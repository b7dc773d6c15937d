<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Text;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * The hosts at work on this installation: web nodes, cron, workers, and the service's (bridge/README.md
 * "mod_creditbridge_hosts"). A confirmed host changes its beat while it works. In a copy of the database no beat
 * moves, because the original's hosts write elsewhere.
 */
final class Hosts
{
    const SIDE = 'whmcs';
    /** bridge: the least time between two beats of a process. */
    const BEAT_SECONDS = 10;
    /** bridge: a single change may come from a dump that was loaded again. */
    const MOVES = 2;
    /** bridge: cron runs every five minutes; a host that was not seen for twice as long will not show anything soon. */
    const ALIVE_MINUTES = 10;
    /** A host that was not seen for so long is left out of the list. */
    const KEPT_DAYS = 30;
    const KNOWN_SERVER = 'a known database server';
    const CONFIRMED = 'waits_since IS NULL';

    /** @var float by Clock::seconds(), of this process's last beat */
    private static $beatAt = 0.0;

    /** Some servers forbid PHP one of the functions that tell it, or both. */
    public static function name(): string
    {
        if (function_exists('gethostname')) {
            return Text::storable((string) gethostname(), 190);
        }
        return function_exists('php_uname') ? Text::storable(php_uname('n'), 190) : '';
    }

    /**
     * Notes that this host works where it is at home: one write every BEAT_SECONDS, whatever the number of processes. A
     * database that cannot store it (full, for example) keeps nobody from working.
     */
    public static function beat(Settings $settings): void
    {
        if (Clock::seconds() - self::$beatAt < self::BEAT_SECONDS || !Schema::isCurrent()) {
            return;
        }
        self::$beatAt = Clock::seconds();
        Attempt::to('heartbeat', static function () use ($settings): void {
            self::note($settings);
        });
    }

    private static function note(Settings $settings): void
    {
        $isNoted = Database::value('SELECT 1 FROM mod_creditbridge_hosts WHERE side = ? AND name = ? AND ' . self::CONFIRMED
            . ' AND seen_at > UTC_TIMESTAMP(6) - INTERVAL ' . self::BEAT_SECONDS . ' SECOND', self::key()) !== null;
        if ($isNoted) {
            return;
        }
        if (!Fingerprint::isFresh($settings)) {
            Fingerprint::know($settings);
            Database::change('DELETE FROM mod_creditbridge_hosts WHERE seen_at < UTC_TIMESTAMP(6) - INTERVAL '
                . self::KEPT_DAYS . ' DAY');
        }
        self::confirm(self::KNOWN_SERVER);
    }

    /** Makes the next beat() write at once. */
    public static function forget(): void
    {
        self::$beatAt = 0.0;
    }

    /** Enters this host as confirmed. One that is confirmed already keeps the name of whoever let it in. */
    public static function confirm(string $letInBy): void
    {
        Database::change(
            'INSERT INTO mod_creditbridge_hosts (side, name, place, let_in_by, joined_at, beat, seen_at)'
            . ' VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6), ?, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE'
            . ' let_in_by = IF(waits_since IS NULL, let_in_by, VALUES(let_in_by)),'
            . ' joined_at = IF(waits_since IS NULL, joined_at, VALUES(joined_at)),'
            . ' waits_since = NULL, heard = NULL, place = VALUES(place), beat = VALUES(beat), seen_at = VALUES(seen_at)',
            [self::SIDE, self::name(), Json::encode(Place::current()), $letInBy, Uuid::v7()]
        );
    }

    /**
     * Waits at a place that is not known, until the beat of another confirmed host moves in this database. What was
     * heard is kept in this database too, so that loading a dump again begins anew.
     *
     * @return string Fingerprint::HOME once it may work; WAITS; ASKS if nobody is there who could show anything
     */
    public static function wait(Settings $settings): string
    {
        if (!Schema::isCurrent()) {
            return Fingerprint::ASKS;
        }
        $own = Database::row(
            'SELECT place, heard, waits_since FROM mod_creditbridge_hosts WHERE side = ? AND name = ?',
            self::key()
        );
        $before = Json::decode($own['heard'] ?? '');
        $now = self::beats();
        $isNew = $before === [] || !Place::isSame(Json::decode($own['place']), Place::current());
        $moved = $isNew ? [] : array_diff_assoc($now, $before['beats']);
        $moves = $isNew ? 0 : $before['moves'] + ($moved === [] ? 0 : 1);
        if ($moves >= self::MOVES) {
            $by = 'the heartbeat of ' . explode(':', (string) key($moved), 2)[1];
            Fingerprint::know($settings);
            self::confirm($by);
            Log::activity('host ' . self::name() . ' joins at the ' . Place::describe(Place::current()) . ', let in by '
                . $by . '.');
            return Fingerprint::HOME;
        }
        if ($own === null || $own['waits_since'] === null) {
            Log::activity('host ' . self::name() . ' finds the ' . Place::describe(Place::current())
                . ', which is not known: it does nothing until another host shows that it uses the same database, or an'
                . ' admin answers on the Connection page.');
        }
        if ($isNew || $moved !== []) {
            self::noteHeard(['moves' => $moves, 'beats' => $now]);
        }
        return Database::value('SELECT 1 FROM mod_creditbridge_hosts WHERE ' . self::CONFIRMED
            . ' AND seen_at > UTC_TIMESTAMP(6) - INTERVAL ' . self::ALIVE_MINUTES . ' MINUTE LIMIT 1') === null
            ? Fingerprint::ASKS : Fingerprint::WAITS;
    }

    /** Whether another confirmed host of WHMCS was seen lately. */
    public static function isAnotherAtWork(): bool
    {
        return Schema::isCurrent() && Database::value(
            'SELECT 1 FROM mod_creditbridge_hosts WHERE side = ? AND name <> ? AND ' . self::CONFIRMED
            . ' AND seen_at > UTC_TIMESTAMP(6) - INTERVAL ' . self::ALIVE_MINUTES . ' MINUTE LIMIT 1',
            self::key()
        ) !== null;
    }

    public static function isWaiting(): bool
    {
        return Schema::isCurrent() && Database::value('SELECT 1 FROM mod_creditbridge_hosts WHERE side = ? AND name = ?'
            . ' AND waits_since IS NOT NULL', self::key()) !== null;
    }

    /** All rows, the waiting ones first. */
    public static function all(): array
    {
        return Schema::isCurrent() ? Database::rows('SELECT side, name, place, let_in_by, joined_at, seen_at, waits_since'
            . ' FROM mod_creditbridge_hosts ORDER BY waits_since IS NULL, side DESC, name') : [];
    }

    /** Removes a host from the list. If it still works, it is entered again as a new one. */
    public static function remove(string $side, string $name): bool
    {
        return Database::change('DELETE FROM mod_creditbridge_hosts WHERE side = ? AND name = ?', [$side, $name]) === 1;
    }

    /** Drops the hosts of the original from a copy. */
    public static function leaveBehind(): void
    {
        Database::change('DELETE FROM mod_creditbridge_hosts');
    }

    /** `side:name` → beat of the other confirmed hosts. */
    private static function beats(): array
    {
        $rows = Database::rows('SELECT CONCAT(side, \':\', name) AS host, beat FROM mod_creditbridge_hosts'
            . ' WHERE ' . self::CONFIRMED . ' AND NOT (side = ? AND name = ?)', self::key());

        return array_column($rows, 'beat', 'host');
    }

    private static function noteHeard(array $heard): void
    {
        Database::change(
            'INSERT INTO mod_creditbridge_hosts (side, name, place, joined_at, seen_at, waits_since, heard)'
            . ' VALUES (?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), ?) ON DUPLICATE KEY UPDATE'
            . ' waits_since = COALESCE(waits_since, VALUES(waits_since)), place = VALUES(place), heard = VALUES(heard),'
            . ' seen_at = VALUES(seen_at)',
            array_merge(self::key(), [Json::encode(Place::current()), Json::encode($heard)])
        );
    }

    private static function key(): array
    {
        return [self::SIDE, self::name()];
    }
}
