<?php

/**
 * A hook file of another module, as far as WHMCS and the shim can tell: it stops the process it runs in at one statement, or
 * in one hook. It does nothing unless the environment of the process says so (knife.ts, which says what an order is).
 */

declare(strict_types=1);

use Illuminate\Database\Capsule\Manager;
use Illuminate\Database\Connectors\MySqlConnector;
use StandIn\Platform\Db;
use StandIn\Platform\Hooks;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Running;

$order = json_decode((string) getenv('TORTURE_KNIFE'), true);
if (!is_array($order)) {
    return;
}

/** Sees every statement on Capsule's connections, raw PDO included, and says where in a command's life it stands. */
final class Knife
{
    /** How long a process that is held waits to be let go, before it counts as forgotten. */
    private const HELD_SECONDS = 60;

    private static array $order;
    private static bool $isBlunt = false;
    private static int $seen = 0;
    private static string $step = 'before it is taken';
    private static int $writes = 0;
    /** The step after the statement before. */
    private static string $stepBefore = '';

    public static function sharpen(array $order): void
    {
        self::$order = $order;
        if (isset($order['hook'])) {
            add_hook($order['hook'], 1, static function () use ($order): void {
                if (self::commandId() !== '') {
                    self::cut('hook ' . $order['hook'], null);
                }
            });
        }
    }

    /** The port of a proxy that this process shall use, or the one of the configuration. */
    public static function port(int $port): int
    {
        return self::$order['port'] ?? $port;
    }

    public static function around(string $sql, KnifePdo $connection, callable $act)
    {
        self::at('before', $sql, $connection);
        $result = $act();
        self::follow($sql);
        self::at('after', $sql, $connection);
        self::$stepBefore = self::step();

        return $result;
    }

    private static function at(string $side, string $sql, KnifePdo $connection): void
    {
        $isMeant = isset(self::$order['nth']) && self::$order['side'] === $side && !self::isBeat($sql)
            && (!isset(self::$order['match']) || preg_match('/' . self::$order['match'] . '/i', $sql) === 1)
            && (!(self::$order['inCall'] ?? false) || self::commandId() !== '')
            && (!(self::$order['changing'] ?? false) || self::changes($sql));
        if ($isMeant && ++self::$seen === self::$order['nth']) {
            self::cut($side . ': ' . $sql, $connection);
        }
    }

    /** The sign of life comes every ten seconds, so a sweep that counted it would miss the point that it moves. */
    private static function isBeat(string $sql): bool
    {
        return strpos($sql, 'mod_creditbridge_hosts') !== false;
    }

    /** Whether something is different after it: rows, a transaction, a lock, or the step of a command's life. */
    private static function changes(string $sql): bool
    {
        return preg_match('/^\s*(insert|update|delete|replace|begin|commit|rollback|select (get|release)_lock)\b/i', $sql) === 1
            || self::step() !== self::$stepBefore;
    }

    /** What the statement that has just run means in the life of a command. */
    private static function follow(string $sql): void
    {
        if (self::commandId() !== '') {
            self::$step = 'answered';
            self::$writes += preg_match('/^\s*(insert|update|delete|replace)\b.*?\btbl/is', $sql);
        } elseif (preg_match("/^UPDATE mod_creditbridge_commands\b.* SET c\.state = 'running'/is", $sql) === 1) {
            self::$step = 'running';
            self::$writes = 0;
        } elseif (preg_match('/^SELECT (GET|RELEASE)_LOCK/i', $sql, $lock) === 1) {
            self::$step = $lock[1] === 'GET' ? 'taken' : 'before it is taken';
        } elseif (self::$step === 'answered' && preg_match('/^UPDATE mod_creditbridge_commands\b/i', $sql) === 1) {
            self::$step = 'stored';
        } elseif (self::$step === 'stored' && $sql === 'COMMIT') {
            self::$step = 'committed';
        }
    }

    private static function cut(string $where, ?KnifePdo $connection): void
    {
        if (self::$isBlunt) {
            return;
        }
        self::$isBlunt = true;
        file_put_contents(self::$order['report'], json_encode([
            'step' => self::step(), 'where' => substr($where, 0, 200), 'command' => self::commandId(), 'writes' => self::$writes,
        ], JSON_INVALID_UTF8_SUBSTITUTE));
        switch (self::$order['act']) {
            case 'kill':
                posix_kill(posix_getpid(), SIGKILL);
                break;
            case 'exit':
                exit(1);
            case 'disconnect':
                Db::sideRun('KILL CONNECTION ' . ($connection ?? Capsule::connection()->getPdo())->id, []);
                break;
            case 'hold':
                $until = microtime(true) + self::HELD_SECONDS;
                while (file_exists(self::$order['report']) && microtime(true) < $until) {
                    usleep(5000);
                    clearstatcache();
                }
        }
    }

    private static function step(): string
    {
        if (self::commandId() === '') {
            return self::$step;
        }
        foreach (debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS) as $frame) {
            if (($frame['class'] ?? '') === Hooks::class) {
                return 'in a hook of the call';
            }
        }
        return 'in the call';
    }

    /** The shim's executor says which command it is calling WHMCS for. */
    private static function commandId(): string
    {
        return class_exists(Running::class, false) ? Running::commandId() : '';
    }
}

final class KnifePdo extends PDO
{
    public int $id;

    public function __construct(string $dsn, ?string $user, ?string $password, ?array $options)
    {
        parent::__construct($dsn, $user, $password, $options);
        $this->id = (int) parent::query('SELECT CONNECTION_ID()')->fetchColumn();
        $this->setAttribute(PDO::ATTR_STATEMENT_CLASS, [KnifeStatement::class, [$this]]);
    }

    public function exec(string $statement): int|false
    {
        return Knife::around($statement, $this, fn () => parent::exec($statement));
    }

    public function query(string $query, ?int $fetchMode = null, mixed ...$arguments): PDOStatement|false
    {
        return Knife::around($query, $this, fn () => parent::query($query, $fetchMode, ...$arguments));
    }

    public function beginTransaction(): bool
    {
        return Knife::around('BEGIN', $this, fn () => parent::beginTransaction());
    }

    public function commit(): bool
    {
        return Knife::around('COMMIT', $this, fn () => parent::commit());
    }

    public function rollBack(): bool
    {
        return Knife::around('ROLLBACK', $this, fn () => parent::rollBack());
    }
}

final class KnifeStatement extends PDOStatement
{
    protected function __construct(private readonly KnifePdo $connection)
    {
    }

    public function execute(?array $params = null): bool
    {
        return Knife::around($this->queryString, $this->connection, fn () => parent::execute($params));
    }
}

final class KnifeConnector extends MySqlConnector
{
    public function connect(array $config)
    {
        return parent::connect(['port' => Knife::port((int) $config['port'])] + $config);
    }

    protected function createPdoConnection($dsn, $username, $password, $options)
    {
        return new KnifePdo($dsn, $username, $password, $options);
    }
}

Knife::sharpen($order);
$container = Closure::bind(static fn () => static::$instance, null, Manager::class)()->getContainer();
$container->instance('db.connector.mysql', new KnifeConnector());
foreach ([null, 'core'] as $name) {
    Capsule::connection($name)->reconnect();
}
