<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Schema;

/**
 * Erases the texts in the settled commands of clients whom WHMCS has no more. The service notes who they are, and cannot change
 * a command itself. Amounts, days and numbers stay.
 */
final class Erasure
{
    /** Members of parameters that are no texts of people. Of the others, every text is erased. */
    const KEPT = [
        'amount', 'type', 'clientid', 'invoiceid', 'id', 'date', 'duedate', 'status', 'paymentmethod', 'addfunds', 'taxed',
        'customtype', 'messagename',
    ];
    /** Not empty, since a description never is. */
    const ERASED = 'Erased';
    const SETTLED = [Command::DONE, Command::STALE, Command::REFUSED];
    /** Clients, and then commands, read at once. */
    const BATCH = 500;

    /**
     * @param float $deadline by Clock::seconds(); no batch starts later
     * @return int commands that changed
     */
    public static function run(float $deadline): int
    {
        if (!Schema::isCurrent()) {
            return 0;
        }
        $changed = 0;
        $after = 0;
        do {
            $clients = array_column(Database::rows(
                'SELECT client_id FROM mod_creditbridge_gone_clients WHERE client_id > ?'
                . ' AND since < UTC_TIMESTAMP(6) - INTERVAL ' . Limits::GONE_HOURS . ' HOUR'
                . ' ORDER BY client_id LIMIT ' . self::BATCH,
                [$after]
            ), 'client_id');
            foreach ($clients as $clientId) {
                $after = (int) $clientId;
                $changed += self::ofClient($after);
            }
        } while (count($clients) === self::BATCH && Clock::seconds() < $deadline);

        return $changed;
    }

    private static function ofClient(int $clientId): int
    {
        $changed = 0;
        $after = '';
        do {
            $commands = Database::rows(
                'SELECT id, parameters, reason FROM mod_creditbridge_commands FORCE INDEX (client_state) WHERE client_id = ?'
                . ' AND state IN (' . Database::marks(self::SETTLED) . ') AND id > ? ORDER BY id LIMIT ' . self::BATCH,
                array_merge([$clientId], self::SETTLED, [$after])
            );
            foreach ($commands as $command) {
                $after = $command['id'];
                $changed += self::erase($command);
            }
        } while (count($commands) === self::BATCH);

        return $changed;
    }

    private static function erase(array $command): int
    {
        $before = Json::decode($command['parameters']);
        $parameters = self::withoutTexts($before);
        if ($parameters === $before && $command['reason'] === '') {
            return 0;
        }

        return Database::change(
            "UPDATE mod_creditbridge_commands SET parameters = ?, reason = '' WHERE id = ?",
            [$parameters === [] ? '{}' : Json::encode($parameters), $command['id']]
        );
    }

    /** The same members; the lines of an invoice are a list of such objects. */
    private static function withoutTexts(array $members): array
    {
        foreach ($members as $name => $value) {
            if (is_array($value)) {
                $members[$name] = self::withoutTexts($value);
            } elseif (is_string($value) && !in_array($name, self::KEPT, true)) {
                $members[$name] = self::ERASED;
            }
        }

        return $members;
    }
}
