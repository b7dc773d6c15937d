<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use RuntimeException;
use StandIn\Platform\Switches;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Configuration;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Config;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Deactivate;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\SelfTest\TrialInvoice;
use WHMCS\Module\Addon\Creditbridge\Settings;

final class InstallationTest extends ShimTestCase
{
    public function testMeasuresWhetherTheApiSharesTheConnection(): void
    {
        self::assertTrue(SharedConnection::measure(Settings::load()));
        self::assertSame([], preg_grep('/self-test/', self::activity()), 'the line was rolled back');

        Switches::set('api_connection', 'separate');
        self::assertFalse(SharedConnection::measure(Settings::load()));
    }

    public function testDoesNotTrustATransactionOverATableThatHasNone(): void
    {
        Database::change('ALTER TABLE tblcredit ENGINE = MyISAM');
        try {
            self::assertFalse(SharedConnection::measure(Settings::load()));
        } finally {
            Database::change('ALTER TABLE tblcredit ENGINE = InnoDB');
        }
    }

    public function testTellsTheServiceWhatItSees(): void
    {
        Snapshot::refresh(Settings::load(), true);

        $snapshot = Settings::load()->json('whmcs');
        self::assertSame(
            [
                'version', 'zone', 'date', 'dateReadAt', 'systemUrl', 'settings', 'lastCronAt', 'php', 'sharedConnection',
                'measured', 'measuredWith', 'testClient', 'books', 'autocommitOff', 'engines', 'backlogMailedAt',
                'ceilingMailedAt', 'actingAdmin', 'creditAdmins', 'mutation', 'dates',
            ],
            array_keys($snapshot)
        );
        self::assertSame('Europe/Berlin', $snapshot['zone']);
        self::assertTrue($snapshot['sharedConnection']);
        self::assertSame(['ok' => true, 'lacks' => []], $snapshot['actingAdmin']);
        // `limited` has no Manage Credits.
        self::assertSame([1, 2], $snapshot['creditAdmins']['ids']);
        self::assertSame('InnoDB', $snapshot['engines']['tblclients']);
        self::assertArrayHasKey('EnableMassPay', $snapshot['settings']);
    }

    public function testTakesItsFieldsFromTheAddonModulesPage(): void
    {
        self::assertSame(
            ['service_url', 'acting_admin', 'veto_when_down', 'give_back_after_hours'],
            array_keys(Config::describe()['fields'])
        );
        $this->paired(null, ['service_url' => 'http://127.0.0.1:1', 'breaker_failures' => 4]);
        $this->field('service_url', ' http://127.0.0.1:2 ');
        $this->field('veto_when_down', 'closed');
        $this->field('give_back_after_hours', '48');

        Configuration::take(Settings::load());

        $settings = Settings::load();
        self::assertSame('http://127.0.0.1:2', $settings->text('service_url'));
        self::assertSame('closed', $settings->text('veto_when_down'));
        self::assertSame(48, $settings->number('give_back_after_hours'));
        self::assertSame(['new', 0], [$settings->text('state'), $settings->number('breaker_failures')], 'another service');
    }

    public function testSwitchesAutomaticUseOffOnlyAfterARoundTripAndGivesItBack(): void
    {
        try {
            AutomaticUse::takeOver(Settings::load(), 'admin:1');
            self::fail('it was switched off without a service');
        } catch (RuntimeException $refused) {
            self::assertStringContainsString('Pair with the service first', $refused->getMessage());
        }

        AutomaticUse::takeOver($this->paired(), 'admin:1');
        self::assertFalse(AutomaticUse::isOn());

        self::assertSame('success', Deactivate::run()['status']);
        self::assertTrue(AutomaticUse::isOn());
        self::assertFalse(AutomaticUse::isOurs(Settings::load()));
    }

    public function testLeavesAutomaticUseAloneWhereItIsNotOurs(): void
    {
        Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");

        Deactivate::run();

        self::assertFalse(AutomaticUse::isOn());
    }

    public function testGivesAutomaticUseBackWhenNoServiceWasSeenForTheTimeSet(): void
    {
        $settings = $this->paired(null, ['give_back_after_hours' => 24]);
        AutomaticUse::takeOver($settings, 'admin:1');
        Database::change('UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6) - INTERVAL 23 HOUR');
        AutomaticUse::giveBackWhenForsaken($settings);
        self::assertFalse(AutomaticUse::isOn());

        Database::change('UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR');
        AutomaticUse::giveBackWhenForsaken($settings);
        self::assertTrue(AutomaticUse::isOn());
    }

    public function testGivesAutomaticUseBackWhenAServiceThatLivesIsNotReached(): void
    {
        $settings = $this->paired(null, ['give_back_after_hours' => 24, 'breaker_failures' => 9]);
        AutomaticUse::takeOver($settings, 'admin:1');
        Database::change(
            "INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)"
            . " VALUES ('x', 'InvoiceCreated', '{}', UTC_TIMESTAMP(6) - INTERVAL 23 HOUR, UTC_TIMESTAMP(6))"
        );
        // The service stores its sign of life in the database after any call, such as one from monitoring.
        Database::change('UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6)');
        AutomaticUse::giveBackWhenForsaken($settings);
        self::assertFalse(AutomaticUse::isOn());

        Database::change('UPDATE mod_creditbridge_spool SET created_at = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR');
        AutomaticUse::giveBackWhenForsaken($settings);
        self::assertTrue(AutomaticUse::isOn());
    }

    public function testKeepsWhatWasNotSentWhenDeactivated(): void
    {
        Database::change(
            "INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)"
            . " VALUES ('x', 'InvoiceCreated', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        );

        self::assertStringContainsString('1 unsent', Deactivate::run()['description']);
        self::assertSame('success', Activate::run()['status']);
        self::assertCount(1, self::spooled());
    }

    public function testTheTrialTakesBackNothingThatSomebodyElseMoved(): void
    {
        AutomaticUse::takeOver($this->paired(null), 'admin:1');
        $client = $this->client('5.00');
        add_hook('InvoiceCreated', 1, static function () use ($client): void {
            Database::change('UPDATE tblclients SET credit = credit + 50 WHERE id = ?', [$client]);
        });

        $verdict = (new TrialInvoice(Settings::load()))->run($client);

        self::assertGreaterThanOrEqual(5500, (int) round(self::balance($client) * 100));
        self::assertStringContainsString('changed by more than the trial', $verdict);
    }

    public function trials(): array
    {
        return [
            'totals are kept' => ['kept', 'accepted', true],
            'totals are written over' => ['overwritten', 'accepted', false],
            'credit cannot be taken off again' => ['kept', 'refused', true],
        ];
    }

    /** @dataProvider trials */
    public function testTriesWithARealInvoiceWhetherCreditSurvivesTheMail(string $totals, string $negative, bool $passes): void
    {
        Switches::set('totals_after_mail', $totals);
        Switches::set('negative_apply_credit', $negative);
        Database::change("UPDATE tblconfiguration SET value = 'on' WHERE setting = 'NoAutoApplyCredit'");
        $client = $this->client('3.00');

        $verdict = (new TrialInvoice(Settings::load()))->run($client);

        $trial = Settings::load()->json('trial');
        self::assertSame($passes, $trial['passed'], $verdict);
        self::assertNotSame('', $trial['reason']);
        self::assertSame('3.00', self::balance($client), 'the balance is as it was');
        self::assertSame(
            'Cancelled',
            Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$trial['invoice']])
        );
        self::assertSame(
            ['Cancelled' => 2],
            array_count_values(array_column(
                Database::rows('SELECT status FROM tblinvoices WHERE userid = ?', [$client]),
                'status'
            )),
            'the second tried whether invoices that add credit can be made'
        );
        self::assertTrue($trial['deposit']['passed'], $trial['deposit']['reason']);
    }

    public function testTriesNothingWhileWhmcsAppliesCreditItself(): void
    {
        $client = $this->client('3.00');
        $this->expectExceptionMessage('Switch Automatic Credit Use off first');

        (new TrialInvoice(Settings::load()))->run($client);
    }
}
