<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Pruning;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Uuid;
use WHMCS\Module\Addon\Creditbridge\Work\CronWork;

/**
 * What is kept of settled commands, and for how long.
 */
final class PruningTest extends ShimTestCase
{
    const KEEP = ['payloadDays' => 30, 'recordDays' => 396];
    const MAIL = ['customtype' => 'general', 'customsubject' => 'Bonus', 'custommessage' => 'Dear client', 'id' => 1];

    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
    }

    public function testTheTextsOfMailsGoAfterThirtyDays(): void
    {
        $texts = [];
        foreach ([Command::DONE, Command::STALE, Command::REFUSED] as $state) {
            $texts[] = $this->settled('SendEmail', self::MAIL, $state, 31);
        }
        $kept = [
            $this->settled('SendEmail', self::MAIL, Command::DONE, 29),
            $this->settled('SendEmail', self::MAIL, Command::UNKNOWN, 31),
            $this->command('SendEmail', 1, self::MAIL),
        ];

        self::assertSame(3, self::prune());
        self::assertSame(0, self::prune());

        self::assertSame(['{}', '{}', '{}'], array_map([self::class, 'parameters'], $texts));
        foreach ($kept as $id) {
            self::assertStringContainsString('Dear client', self::parameters($id));
        }
    }

    public function testWhatMovedNoMoneyGoesAndWhatMovedMoneyStays(): void
    {
        $money = ['AddCredit', 'ApplyCredit', 'UpdateInvoice', 'CreateInvoice', 'CapturePayment'];
        $kept = array_map(function (string $action): string {
            return $this->settled($action, ['amount' => '1.00'], Command::DONE, 4000);
        }, $money);
        $kept[] = $this->settled('AddCredit', ['amount' => '1.00'], Command::UNKNOWN, 4000);
        $kept[] = $this->command('AddCredit', 1, ['amount' => '1.00']);
        $kept[] = $this->settled('AddCredit', ['amount' => '1.00'], Command::STALE, 399);
        foreach (['SendEmail', 'LogActivity', 'SetConfigurationValue'] as $action) {
            $this->settled($action, [], Command::DONE, 401);
        }
        foreach (array_merge($money, ['SendEmail']) as $action) {
            $this->settled($action, [], Command::STALE, 401);
            $this->settled($action, [], Command::REFUSED, 401);
        }

        self::prune();

        $left = array_column(Database::rows('SELECT id FROM mod_creditbridge_commands ORDER BY id'), 'id');
        sort($kept);
        self::assertSame($kept, $left);
    }

    public function testTheFactOfADoneCommandStaysAnsweredAndThatOfAStaleOneIsFree(): void
    {
        $done = $this->settled('SendEmail', self::MAIL, Command::DONE, 401, ['fact' => 'test:mail:1']);
        $this->settled('SendEmail', self::MAIL, Command::STALE, 401, ['fact' => 'test:mail:2']);

        self::prune();

        self::assertSame([], self::row($done));
        self::assertSame([['fact' => 'test:mail:1']], Database::rows('SELECT fact FROM mod_creditbridge_answered_facts'));
    }

    public function testPrunesInSmallBatchesUntilTheDeadline(): void
    {
        $this->settled('SendEmail', self::MAIL, Command::STALE, 401);
        for ($copies = 1; $copies < 1024; $copies *= 2) {
            Database::change(
                'INSERT INTO mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, rule, state,'
                . ' created_at, settled_at) SELECT UUID(), UUID(), client_id, action, parameters, expects, rule, state,'
                . ' created_at, settled_at FROM mod_creditbridge_commands'
            );
        }
        self::assertSame(2 * Pruning::BATCH, Pruning::run(self::KEEP, microtime(true)), 'one batch of texts and one of rows');
        self::assertGreaterThan(0, self::prune());
        self::assertSame(0, (int) Database::value('SELECT COUNT(*) FROM mod_creditbridge_commands'));
    }

    public function testTheServiceCannotHaveCommandsDeletedThatAreStillNeeded(): void
    {
        $mail = $this->settled('SendEmail', self::MAIL, Command::DONE, 0);
        $refused = $this->settled('AddCredit', ['amount' => '1.00'], Command::REFUSED, 399);

        self::assertSame(0, Pruning::run(['payloadDays' => -5, 'recordDays' => 0], self::soon()));

        self::assertSame(['done', 'refused'], [self::state($mail), self::state($refused)]);
    }

    public function testTheDailyCronPrunesAsTheServicesReplySays(): void
    {
        $peer = $this->peer();
        $this->paired($peer);
        $mail = $this->settled('SendEmail', self::MAIL, Command::DONE, 11);
        $reply = ['run' => Uuid::v7(), 'state' => 'closed', 'waiting' => 0];
        $peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 2, 'hooks' => []]]]);
        $peer->answer('/v1/run', ['body' => $reply + ['keep' => ['payloadDays' => 10, 'recordDays' => 396]]]);

        CronWork::run('AfterCronJob');
        self::assertStringContainsString('Dear client', self::parameters($mail));
        CronWork::run('DailyCronJob');
        self::assertSame('{}', self::parameters($mail));
    }

    private static function prune(): int
    {
        return Pruning::run(self::KEEP, self::soon());
    }

    private function settled(string $action, array $parameters, string $state, int $daysAgo, array $more = []): string
    {
        $id = $this->command($action, 1, $parameters, $more + ['state' => $state]);
        Database::change(
            'UPDATE mod_creditbridge_commands SET settled_at = UTC_TIMESTAMP(6) - INTERVAL ? DAY,'
            . " live_fact = IF(state IN ('stale', 'refused'), NULL, live_fact) WHERE id = ?",
            [$daysAgo, $id]
        );
        return $id;
    }

    private static function parameters(string $id): string
    {
        return (string) self::row($id)['parameters'];
    }
}
