<?php

declare(strict_types=1);

namespace StandIn\Platform;

use Throwable;

/**
 * Runs one act of a page, of the cron or of the external API, inside a transaction where switch hook_transaction says so.
 *
 * Whether WHMCS fires hooks inside a transaction of its own is not known (design §3); each ending is a position of the switch.
 * localAPI calls of module code are not wrapped: they belong to the module.
 */
final class Operation
{
    /**
     * @template T
     * @param callable(): T $act
     * @return T
     */
    public static function run(callable $act): mixed
    {
        $mode = Switches::get('hook_transaction');
        $connection = Db::connection();
        if ($mode === 'none' || $connection->transactionLevel() > 0) {
            return $act();
        }
        $connection->beginTransaction();
        try {
            $result = $act();
        } catch (Throwable $error) {
            $connection->rollBack();
            throw $error;
        }
        if ($mode === 'rollback') {
            $connection->rollBack();
            throw new RolledBack('The stand-in rolled its transaction back, as switch hook_transaction asks.');
        }
        if ($mode === 'commit-later') {
            sleep(max(0, (int) Switches::get('commit_later_seconds')));
        }
        $connection->commit();
        return $result;
    }
}
