<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Peer;
use PHPUnit\Framework\TestCase;
use ReflectionProperty;
use StandIn\Platform\Hooks;
use StandIn\Platform\Switches;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\Dispatcher;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Answered;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * A shim that is activated in the stand-in, with empty tables and all switches of the stand-in at their default. After
 * each test the stand-in's error log must be empty.
 */
abstract class ShimTestCase extends TestCase
{
    /** @var Peer[] */
    private $peers = [];
    /** @var array hooks registered before the test */
    private $hooks;

    protected function setUp(): void
    {
        while (Capsule::connection()->transactionLevel() > 0) {
            Capsule::connection()->rollBack();
        }
        $tables = [
            'settings', 'secrets', 'spool', 'commands', 'answered_facts', 'leases', 'ceilings', 'added', 'answers',
            'frozen_clients', 'hosts', 'rings', 'api_tokens', 'audit',
        ];
        foreach ($tables as $table) {
            Database::change('DROP TABLE IF EXISTS mod_creditbridge_' . $table);
        }
        Database::change('DELETE FROM standin_settings WHERE name <> ?', ['clock_offset_seconds']);
        Switches::load();
        Switches::set('ledger', '8.x');
        unset($GLOBALS['CONFIG']);
        Database::change('DELETE FROM tblerrorlog');
        Database::change('DELETE FROM tblactivitylog');
        Database::change("DELETE FROM tbladdonmodules WHERE module = 'creditbridge'");
        Database::change("UPDATE tblconfiguration SET value = '' WHERE setting = 'NoAutoApplyCredit'");
        $this->field('acting_admin', 'admin');
        $this->hooks = self::hooks()->getValue();
        $_SESSION = [];
        $_GET = $_POST = $_REQUEST = [];
        $_SERVER['REQUEST_METHOD'] = 'GET';
        self::forget();
        self::assertSame('success', Activate::run()['status']);
    }

    protected function tearDown(): void
    {
        foreach ($this->peers as $peer) {
            $peer->stop();
        }
        $this->peers = [];
        self::hooks()->setValue(null, $this->hooks);
        $notices = array_column(Database::rows('SELECT message FROM tblerrorlog'), 'message');
        self::assertSame([], $notices, 'the error log is empty');
        self::assertFalse(Database::inTransaction(), 'no transaction is left open');
    }

    /** The hooks that add_hook has registered. */
    private static function hooks(): ReflectionProperty
    {
        $registered = new ReflectionProperty(Hooks::class, 'callbacks');
        $registered->setAccessible(true);

        return $registered;
    }

    /** Resets the state as at the start of a new request. */
    protected static function forget(): void
    {
        Secrets::forget();
        ActingAdmin::forget();
        Hosts::forget();
        Schema::forget();
        SharedConnection::forget();
        $known = new ReflectionProperty(Dispatcher::class, 'settings');
        $known->setAccessible(true);
        $known->setValue(null, null);
    }

    /** A field of the Addon Modules page. */
    protected function field(string $name, string $value): void
    {
        Database::change("DELETE FROM tbladdonmodules WHERE module = 'creditbridge' AND setting = ?", [$name]);
        Database::change(
            "INSERT INTO tbladdonmodules (module, setting, value) VALUES ('creditbridge', ?, ?)",
            [$name, $value]
        );
    }

    /** Makes this installation one that was at another address before, as a moved or a copied one is. */
    protected function comesFromElsewhere(Settings $settings): void
    {
        $settings->write(['fingerprint' => ['systemUrl' => 'https://old.example.com'] + Fingerprint::here()]);
    }

    /** Settings as they are after pairing with the peer. */
    protected function paired(?Peer $peer = null, array $more = []): Settings
    {
        if ($peer !== null) {
            $this->field('service_url', $peer->url);
        }
        $settings = Settings::load();
        $settings->write($more + ['state' => 'paired', 'service_url' => $peer === null ? '' : $peer->url]);
        $settings->reload();

        return $settings;
    }

    protected function peer(): Peer
    {
        $this->peers[] = $peer = new Peer();
        $peer->acceptAll();

        return $peer;
    }

    protected static function manifest(array $hooks): array
    {
        return ['manifest' => Json::encode(['hooks' => $hooks])];
    }

    protected function client(string $credit): int
    {
        Database::change(
            'INSERT INTO tblclients (uuid, firstname, lastname, email, country, currency, credit, status, datecreated)'
            . " VALUES (?, 'Test', 'Client', 'test@example.com', 'US', 1, ?, 'Active', CURDATE())",
            [Uuid::v7(), $credit]
        );
        return (int) Database::value('SELECT LAST_INSERT_ID()');
    }

    protected function invoice(int $clientId, string $total, string $status = 'Unpaid'): int
    {
        Database::change(
            'INSERT INTO tblinvoices (userid, date, duedate, subtotal, total, status, paymentmethod)'
            . " VALUES (?, CURDATE(), CURDATE(), ?, ?, ?, 'banktransfer')",
            [$clientId, $total, $total, $status]
        );
        $id = (int) Database::value('SELECT LAST_INSERT_ID()');
        Database::change(
            'INSERT INTO tblinvoiceitems (invoiceid, userid, type, description, amount) VALUES (?, ?, ?, ?, ?)',
            [$id, $clientId, 'Item', 'Test', $total]
        );
        return $id;
    }

    /** A command row as the service writes it. */
    protected function command(string $action, int $clientId, array $parameters, array $more = []): string
    {
        $row = $more + [
            'id' => Uuid::v7(),
            'fact' => 'test:' . bin2hex(random_bytes(6)),
            'client_id' => $clientId,
            'invoice_id' => $parameters['invoiceid'] ?? null,
            'action' => $action,
            'parameters' => Json::encode($parameters),
            'expects' => '{}',
            'rule' => 'test',
            'urgency' => 100,
        ];
        $row['live_fact'] = $row['fact'];
        Database::change(
            'INSERT INTO mod_creditbridge_commands (' . implode(', ', array_keys($row)) . ', created_at) VALUES ('
            . Database::marks($row) . ', UTC_TIMESTAMP(6))',
            array_values($row)
        );
        return $row['id'];
    }

    protected static function row(string $commandId): array
    {
        return (array) Database::row('SELECT * FROM mod_creditbridge_commands WHERE id = ?', [$commandId]);
    }

    protected static function state(string $commandId): string
    {
        return (string) self::row($commandId)['state'];
    }

    protected static function balance(int $clientId): string
    {
        return (string) Database::value('SELECT credit FROM tblclients WHERE id = ?', [$clientId]);
    }

    /** What the self-test found when the addon was activated, changed. */
    protected static function measuredAs(bool $isShared): void
    {
        $whmcs = Settings::load()->json('whmcs');
        $whmcs['measured'] = array_fill_keys(array_keys($whmcs['measured']), $isShared);
        Settings::load()->write(['whmcs' => ['sharedConnection' => $isShared] + $whmcs]);
    }

    /** What the shim does after a page that only asked: answered rows leave the spool. */
    protected static function endPage(): void
    {
        Answered::delete();
    }

    protected static function spooled(): array
    {
        return Database::rows('SELECT * FROM mod_creditbridge_spool ORDER BY id');
    }

    protected static function activity(): array
    {
        return array_column(Database::rows('SELECT description FROM tblactivitylog ORDER BY id'), 'description');
    }

    protected static function soon(float $seconds = 10.0): float
    {
        return microtime(true) + $seconds;
    }
}
