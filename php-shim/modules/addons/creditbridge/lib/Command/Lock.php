<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use Closure;
use Illuminate\Database\Connection;
use RuntimeException;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * GET_LOCK on a command or another act, held while it is carried out or settled. So an expired lease does not count as
 * a dead process (design §7.5). The lock belongs to the connection and ends with it when the process ends.
 */
final class Lock
{
    /** Returns false if another process holds it and so is still at work. */
    public static function take(string $commandId): bool
    {
        return (int) Prepared::row('SELECT GET_LOCK(?, 0) AS is_ours', ['creditbridge:' . $commandId])['is_ours'] === 1;
    }

    public static function release(string $commandId): void
    {
        Prepared::row('SELECT RELEASE_LOCK(?)', ['creditbridge:' . $commandId]);
    }

    /**
     * Runs the act. If the server ends WHMCS's connection during the act, the lock is gone although this process lives,
     * and Capsule would reconnect and continue to write. So the reconnect must take the lock again first. If another
     * executor has started the command since, nothing more is written.
     *
     * @param array $command the started command, with its fence
     */
    public static function keptDuring(array $command, callable $act)
    {
        $connection = Capsule::connection();
        $reconnect = Closure::bind(function () {
            return $this->reconnector ?? null;
        }, $connection, Connection::class)();
        if (!is_callable($reconnect)) {
            return $act();
        }
        $connection->setReconnector(static function (Connection $lost) use ($reconnect, $command): void {
            $reconnect($lost);
            if (!self::isStillOurs($command)) {
                $lost->disconnect();
                throw new RuntimeException('The connection was lost during the call, and another executor has the command.');
            }
        });
        try {
            return $act();
        } finally {
            $connection->setReconnector($reconnect);
            if ($connection->getRawPdo() === null) {
                $connection->reconnect();
            }
        }
    }

    /** Another process may have settled it as dead. Unless it was started again, the caller may finish it. */
    private static function isStillOurs(array $command): bool
    {
        return self::take($command['id']) && Prepared::row(
            'SELECT 1 FROM mod_creditbridge_commands WHERE id = ? AND fence = ?',
            [$command['id'], $command['fence']]
        ) !== null;
    }
}
