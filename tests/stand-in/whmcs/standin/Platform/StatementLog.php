<?php

declare(strict_types=1);

namespace StandIn\Platform;

use WHMCS\Database\Capsule;

/**
 * Counts what module code asks of the database, when switch log_statements says so.
 *
 * One JSON line for each callback and each hooks.php that was loaded: the statements the server counted on Capsule's
 * connection (raw PDO included), their text as far as it went through Capsule, and the connections opened at the server.
 */
final class StatementLog
{
    private static bool $busy = false;

    public static function during(string $label, callable $work): mixed
    {
        if (self::$busy || Switches::get('log_statements') !== 'yes') {
            return $work();
        }
        self::$busy = true;
        $connection = Capsule::connection();
        $connection->flushQueryLog();
        $connection->enableQueryLog();
        $before = self::counters();
        try {
            return $work();
        } finally {
            $after = self::counters();
            $line = [
                'request' => $_SERVER['REQUEST_URI'] ?? implode(' ', $_SERVER['argv'] ?? []),
                'label' => $label,
                // SHOW STATUS counts itself once.
                'statements' => $after['Questions'] - $before['Questions'] - 1,
                'connections' => $after['Connections'] - $before['Connections'],
                'sql' => array_column($connection->getQueryLog(), 'query'),
            ];
            $connection->disableQueryLog();
            file_put_contents(
                Instance::get('logs') . '/statements.jsonl',
                json_encode($line) . "\n",
                FILE_APPEND | LOCK_EX
            );
            self::$busy = false;
        }
    }

    /** @return array{Questions: int, Connections: int} */
    private static function counters(): array
    {
        $pdo = Capsule::connection()->getPdo();
        $rows = $pdo->query("SHOW SESSION STATUS WHERE Variable_name IN ('Questions', 'Connections')");
        $values = $rows->fetchAll(\PDO::FETCH_KEY_PAIR);
        return ['Questions' => (int) $values['Questions'], 'Connections' => (int) $values['Connections']];
    }
}
