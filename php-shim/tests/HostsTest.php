<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Installation\Pairing;
use WHMCS\Module\Addon\Creditbridge\Installation\Place;
use WHMCS\Module\Addon\Creditbridge\Page\HostsCard;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;
use WHMCS\Module\Addon\Creditbridge\Work\BacklogMail;
use WHMCS\Module\Addon\Creditbridge\Work\Round;

/**
 * Which host may work, and where. Another place is simulated by storing one that this server does not have.
 */
final class HostsTest extends ShimTestCase
{
    /** Makes the stored place differ from the present one in this member, as a restored dump does. */
    private function elsewhere(string $member, $value): Settings
    {
        $settings = $this->paired();
        $fingerprint = Fingerprint::here();
        $fingerprint['databases'][0][$member] = $value;
        $settings->write(['fingerprint' => $fingerprint]);

        return Settings::load();
    }

    /** A host that works somewhere else on the same database; each call is a beat. */
    private function other(string $name, string $seen = 'UTC_TIMESTAMP(6)'): void
    {
        Database::change(
            'INSERT INTO mod_creditbridge_hosts (side, name, place, let_in_by, joined_at, beat, seen_at)'
            . " VALUES ('service', ?, '{}', 'pairing', UTC_TIMESTAMP(6), ?, " . $seen . ')'
            . ' ON DUPLICATE KEY UPDATE beat = VALUES(beat), seen_at = VALUES(seen_at)',
            [$name, Uuid::v7()]
        );
    }

    private static function own(): array
    {
        return (array) Database::row("SELECT * FROM mod_creditbridge_hosts WHERE side = 'whmcs' AND name = ?", [Hosts::name()]);
    }

    public function testAHostJoinsByItselfOnAKnownServer(): void
    {
        (new Round($this->paired()))->work(self::soon());

        self::assertNull(self::own()['waits_since']);
        self::assertSame('a known database server', self::own()['let_in_by']);
    }

    public function testABeatThatCannotBeStoredKeepsNobodyFromWorking(): void
    {
        $settings = $this->paired();
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);
        Database::change('ALTER TABLE mod_creditbridge_hosts DROP COLUMN beat');

        (new Round($settings))->work(self::soon());

        self::assertSame('done', self::state($id));
    }

    /** @return array<string, array{string, mixed}> */
    public static function places(): array
    {
        return [
            'another server id' => ['server', 'kkV2g0XMJcbWwWVSZbyaZ2YxIZM='],
            'another host' => ['host', 'db-of-the-original'],
            'another port' => ['port', 13306],
            'another data directory' => ['directory', '/srv/original/'],
            'another name on the same server' => ['name', 'the_original'],
        ];
    }

    /** @dataProvider places */
    public function testADumpAtAnotherPlaceRunsNothingAndAsks(string $member, $value): void
    {
        $settings = $this->elsewhere($member, $value);
        $client = $this->client('0.00');
        $mail = $this->command('SendEmail', $client, ['id' => $client, 'messagename' => 'Any']);
        $this->other('service.original', 'UTC_TIMESTAMP(6) - INTERVAL 11 MINUTE');

        (new Round($settings))->work(self::soon());

        self::assertSame('open', self::state($mail));
        self::assertSame('copy-or-move', Settings::load()->text('state'));
    }

    public function testAServerThatTellsAnIdOnlySinceItsUpgradeIsTheSameServer(): void
    {
        self::assertSame(Fingerprint::HOME, Fingerprint::notice($this->elsewhere('server', '')));
        Hosts::beat(Settings::load());

        $known = Fingerprint::databases(Settings::load());
        self::assertSame([Place::current()['server']], array_column($known, 'server'));
    }

    public function testAHostAtAnUnknownPlaceWaitsWhileOthersWereSeenAndSendsNoMail(): void
    {
        $settings = $this->elsewhere('host', 'db1');
        $this->other('service');
        Database::change(
            'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
            . " VALUES (?, 'InvoicePaid', '{}', UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6))",
            [Uuid::v7()]
        );

        self::assertStringContainsString('is not known', (new Executor($settings))->obstacle());
        BacklogMail::sendOnce($settings);
        try {
            (new Service($settings))->call('/v1/manifest', [], 1000);
            self::fail('It called the service.');
        } catch (ServiceDown $down) {
            self::assertSame('host-waits', $down->reason());
        }
        self::assertSame('paired', Settings::load()->text('state'), 'the hosts that are at home go on');
        self::assertNotNull(self::own()['waits_since']);
        self::assertNull($settings->json('whmcs')['backlogMailedAt'] ?? null);
    }

    public function testAHostJoinsWhileTheHeartbeatOfAnotherConfirmedHostMoves(): void
    {
        $settings = $this->elsewhere('host', 'db1');
        $this->other('service');
        self::assertSame(Fingerprint::WAITS, Fingerprint::notice($settings));
        self::assertSame(Fingerprint::WAITS, Fingerprint::notice($settings), 'no beat moved');
        $this->other('service');
        self::assertSame(Fingerprint::WAITS, Fingerprint::notice($settings), 'one change may come from a dump');
        $this->other('service');

        self::assertSame(Fingerprint::HOME, Fingerprint::notice($settings));
        self::assertSame('the heartbeat of service', self::own()['let_in_by']);
        self::assertCount(2, Fingerprint::databases(Settings::load()), 'both servers are known, as in a cluster');
    }

    public function testTheBeatOfAHostThatWaitsItselfLetsNobodyIn(): void
    {
        $settings = $this->elsewhere('host', 'db1');
        foreach ([1, 2, 3, 4] as $beat) {
            $this->other('copied-service');
            Database::change("UPDATE mod_creditbridge_hosts SET waits_since = UTC_TIMESTAMP(6) WHERE name = 'copied-service'");
            self::assertSame(Fingerprint::ASKS, Fingerprint::notice($settings));
        }
    }

    public function testAHostAtHomeWithdrawsTheQuestionOfANewHostThatFoundNobody(): void
    {
        $settings = $this->paired();
        $settings->write(['state' => 'copy-or-move']);

        self::assertSame(Fingerprint::HOME, Fingerprint::notice(Settings::load()));

        self::assertSame('new', Settings::load()->text('state'));
    }

    public function testTheAnswerMovedLetsTheHostInAndKeepsTheOtherPlaces(): void
    {
        $settings = $this->elsewhere('host', 'db1');
        Fingerprint::notice($settings);

        Pairing::moved($settings, 'admin:1');

        self::assertSame(Fingerprint::HOME, Fingerprint::notice(Settings::load()));
        self::assertSame('admin:1', self::own()['let_in_by'] ?? '');
        self::assertCount(2, Fingerprint::databases(Settings::load()));
    }

    public function testTheAnswerCopiedIsDeclinedWhileThisMayBeAHostOfTheLivingInstallation(): void
    {
        $settings = $this->elsewhere('host', 'db1');
        $this->other('service');
        $secrets = Database::rows('SELECT * FROM mod_creditbridge_secrets');

        try {
            Pairing::copied($settings, 'admin:1');
            self::fail('It was taken for a copy.');
        } catch (Declined $why) {
            self::assertStringContainsString('answer again in 10 minutes', $why->getMessage());
        }

        self::assertSame($secrets, Database::rows('SELECT * FROM mod_creditbridge_secrets'));
        self::assertSame('paired', Settings::load()->text('state'));

        $this->other('service', 'UTC_TIMESTAMP(6) - INTERVAL 11 MINUTE');
        Pairing::copied(Settings::load(), 'admin:1');

        self::assertSame('copy', Settings::load()->text('state'));
    }

    public function testAPlaceThatNobodySawForAWeekIsForgotten(): void
    {
        $settings = $this->paired();
        $fingerprint = Fingerprint::here();
        foreach (['old' => 8, 'recent' => 6] as $host => $days) {
            $fingerprint['databases'][] = ['host' => $host, 'seenOn' => gmdate('Y-m-d', time() - $days * 86400)]
                + Place::current();
        }
        $fingerprint['databases'][0]['seenOn'] = gmdate('Y-m-d', time() - 86400);
        $settings->write(['fingerprint' => $fingerprint]);

        Hosts::beat(Settings::load());

        $hosts = array_column(Fingerprint::databases(Settings::load()), 'host');
        self::assertSame([Place::current()['host'], 'recent'], $hosts);
    }

    public function testTheListShowsWhoLetAHostInAndAnAdminRemovesOne(): void
    {
        (new Round($this->paired()))->work(self::soon());
        $this->other('old-service');
        $button = static function (string $act, string $text, string $kind, array $hidden): string {
            return $act . ' ' . implode(' ', $hidden);
        };

        $shown = HostsCard::html($button);
        self::assertStringContainsString('let in by a known database server', $shown);
        self::assertStringContainsString('remove-host service old-service', $shown);

        HostsCard::remove('service', 'old-service', 'admin:1');
        self::assertStringNotContainsString('old-service', HostsCard::html($button));
        self::assertSame('host-remove', Database::value("SELECT act FROM mod_creditbridge_audit WHERE act = 'host-remove'"));
    }
}
