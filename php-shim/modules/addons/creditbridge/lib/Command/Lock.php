<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use Closure;
use Illuminate\Database\Connection;
use RuntimeException;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * GET_LOCK on a command: held while it is carried out or settled, so a lease that is over is not taken for death (design §7.5).
 * It is the connection's, and goes with it when its process ends.
 */
final class Lock
{
    /** False when another process holds it and so is still at work. */
    public static function take(string $commandId): bool
    {
        return (int) Prepared::row('SELECT GET_LOCK(?, 0) AS is_ours', ['creditbridge:' . $commandId])['is_ours'] === 1;
    }

    public static function release(string $commandId): void
    {
        Prepared::row('SELECT RELEASE_LOCK(?)', ['creditbridge:' . $commandId]);
    }

    /**
     * Does the act. When the server ends WHMCS's connection meanwhile, the lock is gone although this process lives, and Capsule
     * would connect again and write on. So it has to take the lock again first; once another has begun the command since,
     * nothing is written any more.
     *
     * @param array $command as it was begun, with its fence
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

    /** Who settled it meanwhile did not see it alive; while it was not begun again, whoever made the call may finish it. */
    private static function isStillOurs(array $command): bool
    {
        return self::take($command['id']) && Prepared::row(
            'SELECT 1 FROM mod_creditbridge_commands WHERE id = ? AND fence = ?',
            [$command['id'], $command['fence']]
        ) !== null;
    }
}
