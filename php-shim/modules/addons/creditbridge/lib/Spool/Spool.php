<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Spool;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Text;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Hooks that are not yet delivered. The row is written on WHMCS's connection on purpose: it is committed or rolled back
 * together with the change it reports.
 *
 * A sender takes rows by a conditional UPDATE with a time limit. So several workers never send the same row at once,
 * and another sender replaces one that died.
 */
final class Spool
{
    /**
     * Seconds until the next try of a row, by its number of failures. The schedule of Standard Webhooks, up to an hour:
     * no row is ever given up, and the breaker already protects a service that is down.
     */
    const PAUSES_SECONDS = [5, 60, 300, 1800, 3600];
    /** An item that this process sends at once is its own for so long. */
    const TAKEN_SECONDS = 10;
    /** More are not counted: a count reads every row. */
    const MOST_COUNTED = 10000;
    /** bridge: seconds until the next try for a change that was not visible yet. */
    const NOT_VISIBLE_SECONDS = [1, 60];

    /** Stores an item. After the delay, the next sender takes it. */
    public static function keep(Item $item, int $delaySeconds = 0): void
    {
        Database::changeAtOnce(
            'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
            . ' VALUES (?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)',
            [$item->id, $item->hook, $item->bytes, $delaySeconds]
        );
    }

    /** Ends the delay of items. */
    public static function makeDue(array $ids): void
    {
        if ($ids !== []) {
            Database::change(
                'UPDATE mod_creditbridge_spool SET next_attempt_at = UTC_TIMESTAMP(6)'
                . ' WHERE id IN (' . Database::marks($ids) . ') AND attempts = 0',
                $ids
            );
        }
    }

    /** Stores an item that this process sends at once; no other process takes it. */
    public static function keepTaken(Item $item): void
    {
        Database::changeAtOnce(
            'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at, taken_by, taken_until)'
            . ' VALUES (?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), ?, UTC_TIMESTAMP(6) + INTERVAL ? SECOND)',
            [$item->id, $item->hook, $item->bytes, $item->id, self::TAKEN_SECONDS]
        );
    }

    /**
     * Takes due rows, as many as fit into one message.
     *
     * @param int $overhead bytes of the message around the items
     * @return array{by: string, rows: array<int, array>}
     */
    public static function take(int $overhead): array
    {
        $by = Uuid::v7();
        $ids = array_column(Database::rows(
            'SELECT id FROM mod_creditbridge_spool WHERE next_attempt_at <= UTC_TIMESTAMP(6)'
            . ' AND (taken_until IS NULL OR taken_until < UTC_TIMESTAMP(6))'
            . ' ORDER BY next_attempt_at, id LIMIT ' . Limits::BATCH_ITEMS
        ), 'id');
        if ($ids === []) {
            return ['by' => $by, 'rows' => []];
        }
        sort($ids);
        Database::retry(static function () use ($by, $ids): void {
            Database::change(
                'UPDATE mod_creditbridge_spool SET taken_by = ?,'
                . ' taken_until = UTC_TIMESTAMP(6) + INTERVAL ' . Limits::SPOOL_LEASE_SECONDS . ' SECOND'
                . ' WHERE id IN (' . Database::marks($ids) . ')'
                . ' AND (taken_until IS NULL OR taken_until < UTC_TIMESTAMP(6))',
                array_merge([$by], $ids)
            );
        });
        $rows = Database::rows(
            'SELECT id, hook, item, attempts FROM mod_creditbridge_spool'
            . ' WHERE id IN (' . Database::marks($ids) . ') AND taken_by = ? ORDER BY id',
            array_merge($ids, [$by])
        );
        return ['by' => $by, 'rows' => self::fitting($rows, $by, $overhead)];
    }

    /** Releases rows that do not fit into one message. */
    private static function fitting(array $rows, string $by, int $overhead): array
    {
        $bytes = $overhead;
        foreach ($rows as $index => $row) {
            $bytes += strlen($row['item']) + 1;
            if ($bytes > Limits::BODY_BYTES && $index > 0) {
                self::release(array_column(array_slice($rows, $index), 'id'), $by);
                return array_slice($rows, 0, $index);
            }
        }
        return $rows;
    }

    public static function delete(array $ids): void
    {
        if ($ids !== []) {
            sort($ids);
            Database::retry(static function () use ($ids): void {
                Database::changeAtOnce(
                    'DELETE FROM mod_creditbridge_spool WHERE id IN (' . Database::marks($ids) . ')',
                    $ids
                );
            });
        }
    }

    /** Deletes all rows; they are never sent. */
    public static function leaveBehind(): void
    {
        Database::change('DELETE FROM mod_creditbridge_spool');
    }

    /** Releases rows. They are due at once, and this does not count as an attempt. */
    public static function release(array $ids, string $by): void
    {
        if ($ids !== []) {
            Database::change(
                'UPDATE mod_creditbridge_spool SET taken_by = NULL, taken_until = NULL'
                . ' WHERE id IN (' . Database::marks($ids) . ') AND taken_by = ?',
                array_merge($ids, [$by])
            );
        }
    }

    /** Makes a row due later: after the pause for its number of attempts, with jitter. */
    public static function postpone(array $row, array $pausesSeconds, string $reason): void
    {
        $seconds = $pausesSeconds[min((int) $row['attempts'], count($pausesSeconds) - 1)];
        Database::change(
            'UPDATE mod_creditbridge_spool SET attempts = attempts + 1, taken_by = NULL, taken_until = NULL,'
            . ' next_attempt_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, last_error = ? WHERE id = ?',
            [$seconds * random_int(900000, 1100000), Text::storable($reason, 255), $row['id']]
        );
    }

    /**
     * How many rows wait, up to MOST_COUNTED, the same in words, and the age of the oldest in seconds. The home page of the
     * admin area shows it, and an outage may last for days. The oldest is the first by its id, whatever host made it.
     *
     * @return array{waiting: int, told: string, seconds: int}
     */
    public static function backlog(): array
    {
        $row = Database::row(
            'SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_spool LIMIT ' . self::MOST_COUNTED . ') counted)'
            . ' AS waiting,'
            . ' COALESCE((SELECT TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP(6)) FROM mod_creditbridge_spool'
            . ' ORDER BY id LIMIT 1), 0) AS seconds'
        );
        $waiting = (int) $row['waiting'];

        return [
            'waiting' => $waiting,
            'told' => $waiting < self::MOST_COUNTED ? (string) $waiting : 'at least ' . self::MOST_COUNTED,
            'seconds' => (int) $row['seconds'],
        ];
    }
}
