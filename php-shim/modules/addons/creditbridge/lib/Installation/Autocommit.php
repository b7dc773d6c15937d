<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use Illuminate\Database\Connectors\MySqlConnector;
use PDO;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Another module may leave `autocommit = 0` on WHMCS's connection. Then a transaction is always open, what WHMCS writes
 * is lost unless somebody commits, and the shim, which does nothing inside a transaction, would never do anything.
 *
 * The server tells the two apart: with autocommit on, an open transaction is a real one and is left alone. With
 * autocommit off the shim commits and switches it on, but only where WHMCS is between two of its acts and nobody's
 * transaction can be under way: the worker, the doorbell, WHMCS's cron hooks and the addon page. Inside other hooks it
 * only takes a note, which the Connection page and Health show.
 */
final class Autocommit
{
    /** A note that was not renewed for so long is dropped. */
    const NOTE_SECONDS = 86400;
    /** A page renews a note at most this often, because it needs a connection of its own for that. */
    const RENEW_SECONDS = 3600;

    /** Commits and switches autocommit on, if it is off. To be called only where WHMCS is between two of its acts. */
    public static function restore(): void
    {
        if (!self::isOff()) {
            return;
        }
        $pdo = Capsule::connection()->getPdo();
        $pdo->exec('COMMIT');
        $pdo->exec('SET autocommit = 1');
        Attempt::to('autocommit', static function () use ($pdo): void {
            self::note($pdo);
        });
    }

    /** Takes a note that this page's connection has autocommit off. Asks the server only while a transaction is open. */
    public static function notice(Settings $settings): void
    {
        $note = self::noted($settings);
        $isFresh = $note !== null && strtotime($settings->now() . ' UTC') - strtotime($note['seenAt']) < self::RENEW_SECONDS;
        if ($isFresh || !Database::inTransaction() || !self::isOff()) {
            return;
        }
        Attempt::to('autocommit', static function (): void {
            // On WHMCS's connection the note would be rolled back with everything else.
            $pdo = (new MySqlConnector())->connect(Capsule::connection()->getConfig());
            $pdo->exec('SET innodb_lock_wait_timeout = 1');
            self::note($pdo);
        });
    }

    /**
     * Where and since when autocommit was found off, or null if it was not within the last day. Times are UTC.
     *
     * @return array{since: string, seenAt: string, where: string}|null
     */
    public static function noted(Settings $settings)
    {
        $note = $settings->json('whmcs')['autocommitOff'] ?? null;
        $isRecent = is_array($note)
            && strtotime($settings->now() . ' UTC') - strtotime($note['seenAt']) < self::NOTE_SECONDS;

        return $isRecent ? $note : null;
    }

    private static function isOff(): bool
    {
        // On PHP 8 the driver knows an open transaction from the server. PHP 7 knows only those that PDO began.
        if (Capsule::connection()->transactionLevel() > 0 || (PHP_VERSION_ID >= 80000 && !Database::inTransaction())) {
            return false;
        }
        return (int) Database::value('SELECT @@SESSION.autocommit') === 0;
    }

    private static function note(PDO $pdo): void
    {
        $now = gmdate('Y-m-d\TH:i:s\Z');
        $statement = $pdo->prepare(
            "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.autocommitOff', JSON_OBJECT('since',"
            . " COALESCE(JSON_UNQUOTE(JSON_EXTRACT(whmcs, '$.autocommitOff.since')), ?), 'seenAt', ?, 'where', ?)) WHERE id = 1"
        );
        $statement->execute([$now, $now, PHP_SAPI === 'cli' ? 'cron or worker' : 'pages']);
    }
}
