<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Action\Action;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Schema;

/**
 * Removes what is not kept of settled commands. The shim does this, and not the service, because the service must not be
 * able to delete or change a command.
 *
 * - The texts of mails go first.
 * - Later the commands that moved no money go: stale and refused ones, mails, notes, settings. The fact of a done one
 *   stays in mod_creditbridge_answered_facts, so that it is not answered again when WHMCS tells it again.
 * - What moved money stays for ever.
 */
final class Pruning
{
    /** Few enough that nobody waits for it and a database replica keeps up. */
    const BATCH = 500;

    /**
     * @param array $keep payloadDays and recordDays, as the service's reply says (bridge: POST /v1/run)
     * @param float $deadline by Clock::seconds(); no batch starts later
     * @return int rows emptied or deleted
     */
    public static function run(array $keep, float $deadline): int
    {
        if (!Schema::isCurrent() || !isset($keep['payloadDays'], $keep['recordDays'])) {
            return 0;
        }
        Addition::prune();
        SecondAnswer::prune();
        $payloadDays = max(1, (int) $keep['payloadDays']);
        $recordDays = max(Limits::COMMANDS_KEPT_DAYS, (int) $keep['recordDays']);
        $withoutMoney = array_values(array_diff(Action::names(), Conditions::MONEY));

        return self::inBatches(
            ['SendEmail'],
            [Command::DONE, Command::STALE, Command::REFUSED],
            $payloadDays,
            " AND parameters <> '{}'",
            $deadline,
            [self::class, 'clear']
        ) + self::inBatches(
            Action::names(),
            [Command::STALE, Command::REFUSED],
            $recordDays,
            '',
            $deadline,
            [self::class, 'delete']
        ) + self::inBatches($withoutMoney, [Command::DONE], $recordDays, '', $deadline, [self::class, 'delete']);
    }

    private static function inBatches(
        array $actions,
        array $states,
        int $days,
        string $and,
        float $deadline,
        callable $act
    ): int {
        $rows = 0;
        do {
            $ids = array_column(Database::rows(
                'SELECT id FROM mod_creditbridge_commands FORCE INDEX (settled) WHERE action IN ('
                . Database::marks($actions) . ') AND state IN (' . Database::marks($states)
                . ') AND settled_at < UTC_TIMESTAMP(6) - INTERVAL ' . $days . ' DAY' . $and . ' LIMIT ' . self::BATCH,
                array_merge($actions, $states)
            ), 'id');
            if ($ids !== []) {
                $act($ids);
            }
            $rows += count($ids);
        } while (count($ids) === self::BATCH && Clock::seconds() < $deadline);

        return $rows;
    }

    private static function clear(array $ids): void
    {
        Database::change(
            "UPDATE mod_creditbridge_commands SET parameters = '{}' WHERE id IN (" . Database::marks($ids) . ')',
            $ids
        );
    }

    /** The facts are kept first: if PHP dies in between, the commands are deleted another time. */
    private static function delete(array $ids): void
    {
        $these = ' WHERE id IN (' . Database::marks($ids) . ')';
        Database::change(
            'INSERT IGNORE INTO mod_creditbridge_answered_facts (fact)'
            . ' SELECT live_fact FROM mod_creditbridge_commands' . $these . ' AND live_fact IS NOT NULL',
            $ids
        );
        Database::change('DELETE FROM mod_creditbridge_commands' . $these, $ids);
    }
}
