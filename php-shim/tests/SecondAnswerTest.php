<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\SecondAnswer;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hook\OwnHooks;
use WHMCS\Module\Addon\Creditbridge\Page\CommandsInDoubt;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * How much one admin settles alone of what commands in doubt did: what the service calls the approval amount.
 */
final class SecondAnswerTest extends ShimTestCase
{
    /** @var int another admin who may move credit */
    private $second;

    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
        $this->second = (int) Database::value("SELECT id FROM tbladmins WHERE username = 'second'");
        foreach (['rule_settings', 'state', 'alone'] as $table) {
            Database::change('DROP TABLE IF EXISTS mod_creditbridge_' . $table);
        }
        Settings::load()->write(['whmcs' => ['creditAdmins' => ['ids' => [1, $this->second]]]]);
    }

    protected function tearDown(): void
    {
        Database::change('DELETE FROM tblcurrencies WHERE id > 1');
        foreach (['rule_settings', 'state', 'alone'] as $table) {
            Database::change('DROP TABLE IF EXISTS mod_creditbridge_' . $table);
        }
        parent::tearDown();
    }

    /** An addition for a new client of which nobody knows whether it was done. */
    private function doubted(int $hundredths, int $currency = 1): string
    {
        $client = $this->client('500.00');
        Database::change('UPDATE tblclients SET currency = ? WHERE id = ?', [$currency, $client]);
        $amount = sprintf('%d.%02d', intdiv($hundredths, 100), $hundredths % 100);
        $add = ['clientid' => $client, 'description' => 'Bonus', 'amount' => $amount, 'type' => 'add'];

        return $this->command('AddCredit', $client, $add, [
            'state' => 'unknown', 'amount_hundredths' => $hundredths, 'witnesses' => '{"balance":"500.00","creditId":0}',
        ]);
    }

    private static function say(string $id, int $admin): string
    {
        return CommandsInDoubt::settle($id, false, $admin, '');
    }

    private static function states(string ...$ids): array
    {
        return array_map([self::class, 'state'], $ids);
    }

    /** The tables that the service makes, as far as they are read here. */
    private static function tablesOfTheService(string $amounts): void
    {
        Database::change('CREATE TABLE mod_creditbridge_rule_settings'
            . ' (rule VARCHAR(64), layer VARCHAR(16), layer_id INT, settings TEXT)');
        Database::change('CREATE TABLE mod_creditbridge_state (name VARCHAR(64) PRIMARY KEY, value TEXT)');
        Database::change('CREATE TABLE mod_creditbridge_alone (id CHAR(36) CHARACTER SET ascii, actor VARCHAR(64),'
            . ' currency_id INT UNSIGNED, amount_hundredths BIGINT, since DATETIME(6) NULL)');
        Database::change(
            "INSERT INTO mod_creditbridge_rule_settings VALUES ('operations/approval', 'installation', 0, ?)",
            [$amounts]
        );
    }

    public function testAboveTheApprovalAmountTwoAdminsSayTheSameOfACommandInDoubt(): void
    {
        $id = $this->doubted(25000);
        self::say($id, 1);
        $again = self::say($id, 1);
        self::assertSame('unknown', self::state($id), 'one admin is one admin, however often');
        self::assertStringContainsString('Another admin with Manage Credits has to say the same', $again);

        $mails = Database::rows("SELECT message FROM tblemails WHERE subject LIKE '%needs a second admin'");
        self::assertStringContainsString('Admin #1 said what became of a command', $mails[0]['message']);
        self::assertStringNotContainsString('250', $mails[0]['message']);

        self::assertStringContainsString('Noted as not done', self::say($id, $this->second));
        self::assertSame('stale', self::state($id));
    }

    public function testTheServiceCannotForgeTheFirstAnswer(): void
    {
        $id = $this->doubted(25000);
        Database::change(
            'INSERT INTO mod_creditbridge_audit (sequence, id, actor, act, target, details, digest, link, at)'
            . " VALUES (1, 'x', 'admin:2', 'command-settle-ask', ?, '{\"done\":false}', '', '', UTC_TIMESTAMP(6))",
            ['command:' . $id]
        );
        self::say($id, 1);
        self::assertSame('unknown', self::state($id));
        Database::change('DELETE FROM mod_creditbridge_audit');
    }

    public function testManyCommandsOfADayAreOneAmountInEveryCurrency(): void
    {
        Database::change("INSERT INTO tblcurrencies (id, code, rate, `default`) VALUES (7, 'JPY', 160.00000, 0)");
        $ids = [
            $this->doubted(6000), $this->doubted(4001), $this->doubted(640000, 7), $this->doubted(1),
        ];
        foreach ($ids as $id) {
            self::say($id, 1);
        }
        self::assertSame(['stale', 'unknown', 'stale', 'unknown'], self::states(...$ids));

        Database::change('UPDATE mod_creditbridge_answers SET at = at - INTERVAL 25 HOUR');
        self::say($ids[3], 1);
        self::assertSame('stale', self::state($ids[3]), 'the next day there is room again');
    }

    public function testWhatTheServiceNotedOfTheAdminCountsAndAnAmountOfItsOwnHolds(): void
    {
        self::tablesOfTheService('{"amounts":{"1":"50.00"}}');
        $since = ['aaaa' => 'UTC_TIMESTAMP(6)', 'bbbb' => 'NULL', 'cccc' => 'UTC_TIMESTAMP(6) - INTERVAL 25 HOUR'];
        foreach ($since as $id => $at) {
            Database::change("INSERT INTO mod_creditbridge_alone VALUES (?, 'admin:1', 1, 2000, " . $at . ')', [$id]);
        }
        $ids = [$this->doubted(1001), $this->doubted(1000)];
        foreach ($ids as $id) {
            self::say($id, 1);
        }
        self::assertSame(['unknown', 'stale'], self::states(...$ids));
        self::say($ids[0], $this->second);
        self::assertSame('stale', self::state($ids[0]), 'two said it');

        // What cannot be read lets nobody do anything alone.
        Database::change("UPDATE mod_creditbridge_rule_settings SET settings = '{\"amounts\":{\"1\":\"much\"}}'");
        $one = $this->doubted(1);
        self::say($one, $this->second);
        self::assertSame('unknown', self::state($one));
    }

    public function testWhereNobodyElseMayAnswerTheSameIsSaidAgainADayLater(): void
    {
        Settings::load()->write(['whmcs' => ['creditAdmins' => ['ids' => [1]]]]);
        $id = $this->doubted(25000);
        self::assertStringContainsString('say the same again after 24 hours', self::say($id, 1));
        Database::change('UPDATE mod_creditbridge_answers SET at = at - INTERVAL 23 HOUR');
        self::say($id, 1);
        self::assertSame('unknown', self::state($id));
        Database::change('UPDATE mod_creditbridge_answers SET at = at - INTERVAL 2 HOUR');
        self::say($id, 1);
        self::assertSame('stale', self::state($id));
    }

    public function testTheHomePageShowsWhatWaitsToExactlyThoseWhoMayAgree(): void
    {
        Database::change('CREATE TABLE mod_creditbridge_approvals'
            . ' (state VARCHAR(16), proposed_by VARCHAR(64), expires_at DATETIME(6))');
        $add = 'INSERT INTO mod_creditbridge_approvals VALUES (?, ?, UTC_TIMESTAMP(6) + INTERVAL ? DAY)';
        foreach ([['pending', 'admin:1', 7], ['pending', 'admin:1', -1], ['approved', 'admin:1', 7]] as $row) {
            Database::change($add, $row);
        }
        self::say($this->doubted(25000), 1);
        $limited = (int) Database::value("SELECT id FROM tbladmins WHERE username = 'limited'");
        $shown = [];
        foreach ([1, $this->second, $limited] as $admin) {
            $_SESSION['adminid'] = $admin;
            $shown[] = (string) OwnHooks::handle('AdminHomepage', [], Settings::load(), null);
        }
        Database::change($add, ['pending', 'rule:deposit-bonus', 7]);
        $_SESSION['adminid'] = 1;
        $ofRule = (string) OwnHooks::handle('AdminHomepage', [], Settings::load(), null);
        Database::change('DROP TABLE mod_creditbridge_approvals');

        self::assertSame(['', ''], [$shown[0], $shown[2]]);
        self::assertStringContainsString('One proposal waits for a second admin.', $shown[1]);
        self::assertStringContainsString('One command in doubt waits for a second admin.', $shown[1]);
        self::assertStringContainsString('page=approvals', $shown[1]);
        self::assertStringContainsString('One proposal waits', $ofRule, 'nobody proposed what a rule proposed');
    }

    public function testAnswersAreForgottenAfterAWeek(): void
    {
        $id = $this->doubted(25000);
        self::say($id, 1);
        Database::change('UPDATE mod_creditbridge_answers SET at = at - INTERVAL 8 DAY');
        self::say($id, $this->second);
        self::assertSame('unknown', self::state($id));
        SecondAnswer::prune();
        self::assertSame('1', (string) Database::value('SELECT COUNT(*) FROM mod_creditbridge_answers'));
    }
}
