<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Peer;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Answered;
use WHMCS\Module\Addon\Creditbridge\Spool\Item;
use WHMCS\Module\Addon\Creditbridge\Spool\Sender;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

final class SpoolTest extends ShimTestCase
{
    /** @var Peer */
    private $peer;

    protected function setUp(): void
    {
        parent::setUp();
        $this->peer = $this->peer();
        $this->paired($this->peer);
    }

    private function keep(int $number, array $data = ['invoiceid' => 9]): void
    {
        for ($index = 0; $index < $number; $index++) {
            Spool::keep(new Item('InvoiceCreated', 'deferred', $data, Settings::load()));
        }
    }

    private function drain(): int
    {
        $settings = Settings::load();

        return (new Sender($settings, new Service($settings)))->drain(self::soon());
    }

    /** Bodies of the deliveries the peer got. */
    private function deliveries(): array
    {
        return array_map(static function (array $request): array {
            return json_decode($request['body'], true) + ['id' => $request['headers']['webhook-id']];
        }, $this->peer->requests());
    }

    public function testTakesNothingWhileTheServiceIsKnownToBeDown(): void
    {
        $settings = $this->paired(null, ['breaker_failures' => 1, 'breaker_open_until' => '2999-01-01 00:00:00']);
        Spool::keep(new Item('InvoicePaid', 'deferred', ['invoiceid' => 1], $settings));
        Capsule::connection()->flushQueryLog();
        Capsule::connection()->enableQueryLog();

        (new Sender($settings, new Service($settings)))->drain(self::soon());

        $statements = array_column(Capsule::connection()->getQueryLog(), 'query');
        Capsule::connection()->disableQueryLog();
        self::assertSame([], $statements, 'an idle worker looks twice a second');
    }

    public function testSendsTheBytesItKeptInBatchesOfAHundred(): void
    {
        $this->keep(130);
        $kept = array_column(self::spooled(), 'item', 'id');

        self::assertSame(130, $this->drain());

        self::assertSame([], self::spooled());
        $requests = $this->peer->requests();
        self::assertSame([100, 30], array_map(static function (array $delivery): int {
            return count($delivery['items']);
        }, $this->deliveries()));
        foreach ($kept as $item) {
            self::assertStringContainsString($item, $requests[0]['body'] . $requests[1]['body']);
        }
    }

    public function testSignsASingleDeliveryWithTheItemsOwnId(): void
    {
        $this->keep(1);
        $id = self::spooled()[0]['id'];

        $this->drain();

        self::assertSame($id, $this->deliveries()[0]['id']);
    }

    public function testNeverSendsAMessageLargerThanTheLimit(): void
    {
        $data = [];
        for ($field = 0; $field < 60; $field++) {
            $data['field' . $field] = str_repeat('ü', 120);
        }
        $this->keep(12, $data);

        self::assertSame(12, $this->drain());

        self::assertGreaterThan(1, count($this->peer->requests()));
        foreach ($this->peer->requests() as $request) {
            self::assertLessThanOrEqual(Limits::BODY_BYTES, strlen($request['body']));
        }
    }

    public function testKeepsTheSameBytesHoweverTheConnectionReadsBackslashes(): void
    {
        $data = ['status' => "it's \\ and \" and ?", 'user' => "\u{1F3E6}"];
        foreach (['', 'NO_BACKSLASH_ESCAPES'] as $mode) {
            Database::change('SET SESSION sql_mode = ?', [$mode]);
            $item = new Item('InvoiceCreated', 'inline', $data, Settings::load());
            Spool::keepTaken($item);
            $row = self::spooled()[0];

            self::assertSame([$item->bytes, $item->id], [$row['item'], $row['taken_by']]);
            self::assertSame($data, json_decode($row['item'], true)['data']);
            Spool::delete([$item->id]);
        }
        Database::change("SET SESSION sql_mode = ''");
    }

    public function testAValueThatWouldHaveToBeEscapedIsPrepared(): void
    {
        $this->keep(1);
        foreach (['Übrig', "it's", 'a \\ b', "a\nb"] as $value) {
            Capsule::connection()->flushQueryLog();
            Capsule::connection()->enableQueryLog();

            Database::changeAtOnce('UPDATE mod_creditbridge_spool SET last_error = ?', [$value]);

            $statements = array_column(Capsule::connection()->getQueryLog(), 'query');
            Capsule::connection()->disableQueryLog();
            self::assertSame(['UPDATE mod_creditbridge_spool SET last_error = ?'], $statements);
            self::assertSame($value, self::spooled()[0]['last_error']);
        }
    }

    /** WHMCS's cron fires thousands of hooks in one process. */
    public function testALongProcessDeletesAnsweredRowsNowAndThen(): void
    {
        $ask = static function (): void {
            $settings = Settings::load();
            $item = new Item('InvoiceCreated', 'inline', ['invoiceid' => 9], $settings);
            Spool::keepTaken($item);
            self::assertIsArray((new Sender($settings, new Service($settings)))->ask($item, 1000));
        };
        self::endPage();
        for ($hook = 1; $hook < Answered::KEPT_ROWS; $hook++) {
            $ask();
        }
        self::assertCount(Answered::KEPT_ROWS - 1, self::spooled());
        $ask();
        self::assertSame([], self::spooled());

        self::assertLessThan(Spool::TAKEN_SECONDS, Answered::KEPT_SECONDS, 'nobody else takes them before');
    }

    public function testAnAnsweredRowIsNotDeletedInATransactionThatMayBeRolledBack(): void
    {
        $this->keep(1);
        $id = self::spooled()[0]['id'];
        self::endPage();
        Answered::add([$id]);

        Capsule::connection()->beginTransaction();
        self::endPage();
        Capsule::connection()->rollBack();
        self::assertCount(1, self::spooled());

        self::endPage();
        self::assertSame([], self::spooled());
    }

    public function testKeepsCharactersThatTheConnectionCannotCarry(): void
    {
        $this->keep(1, ['status' => '🏦 日本']);

        self::assertSame('🏦 日本', json_decode(self::spooled()[0]['item'], true)['data']['status']);
    }

    public function testDoesWithEachItemWhatTheServiceSaid(): void
    {
        $this->keep(6);
        $ids = array_column(self::spooled(), 'id');
        $outcomes = ['accepted', 'duplicate', 'refused', 'not-visible-yet', 'retry'];
        $results = array_map(static function (string $id, string $outcome): array {
            return ['id' => $id, 'outcome' => $outcome];
        }, array_slice($ids, 0, 5), $outcomes);
        $this->peer->answer('/v1/deliveries', ['body' => ['results' => $results, 'waiting' => 0, 'manifest' => 0]]);

        self::assertSame(3, $this->drain());

        $left = self::spooled();
        self::assertSame(array_slice($ids, 3), array_column($left, 'id'));
        self::assertSame(['not-visible-yet', 'retry', 'no-result'], array_column($left, 'last_error'));
        self::assertSame(['1', '1', '1'], array_map('strval', array_column($left, 'attempts')));
    }

    public function testKeepsWhatTheServiceAnswersWithNonsense(): void
    {
        $this->keep(4);
        $ids = array_column(self::spooled(), 'id');
        $results = [
            ['id' => $ids[0], 'outcome' => true], ['id' => $ids[1], 'outcome' => 0],
            ['id' => $ids[2], 'outcome' => ['accepted'], 'code' => ['x']], ['id' => [$ids[3]], 'outcome' => 'accepted'],
        ];
        $this->peer->answer('/v1/deliveries', ['body' => ['results' => $results, 'waiting' => [], 'manifest' => 'x']]);

        self::assertSame(0, $this->drain());

        self::assertSame($ids, array_column(self::spooled(), 'id'));
        self::assertSame(['retry', 'retry', 'retry', 'no-result'], array_column(self::spooled(), 'last_error'));
    }

    /** A service that takes calls and does not answer would otherwise occupy a PHP process for each page that ends. */
    public function testWaitsForAnAnswerNoLongerThanItMayWork(): void
    {
        $this->keep(1);
        $this->peer->answer('/v1/deliveries', ['sleepMs' => 14000]);
        $before = microtime(true);
        $settings = Settings::load();

        (new Sender($settings, new Service($settings)))->drain(self::soon(0.1));

        self::assertLessThan(13.0, microtime(true) - $before);
        self::assertStringContainsString('within 1000 ms', Settings::load()->text('breaker_reason'));
        self::assertCount(1, self::spooled());
    }

    /** The home page of the admin area shows it. */
    public function testTellingOfALongOutageReadsNoMoreThanOfADay(): void
    {
        $this->keep(1);
        Database::change(
            'INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
            . " SELECT UUID(), 'InvoicePaid', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM information_schema.COLUMNS a"
            . ' JOIN information_schema.COLUMNS b LIMIT 30000'
        );
        Database::change(
            "UPDATE mod_creditbridge_spool SET id = '00000000-0000-7000-8000-000000000000',"
            . ' created_at = UTC_TIMESTAMP(6) - INTERVAL 3 DAY LIMIT 1'
        );
        $before = self::rowsRead();

        $backlog = Spool::backlog();

        self::assertLessThan(22000, self::rowsRead() - $before, 'the rows that it counts, once more in the list it counts');
        self::assertSame([10000, 'at least 10000'], [$backlog['waiting'], $backlog['told']]);
        self::assertEqualsWithDelta(3 * 86400, $backlog['seconds'], 120);
    }

    private static function rowsRead(): int
    {
        return (int) array_sum(array_column(Database::rows("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'"), 'Value'));
    }

    public function testAsksForWhatWasNotVisibleAfterASecondThenAMinute(): void
    {
        $this->keep(1);
        $row = self::spooled()[0];
        $waits = [];
        foreach ([0, 1, 2] as $attempts) {
            Spool::postpone(['attempts' => $attempts] + $row, Spool::NOT_VISIBLE_SECONDS, 'not-visible-yet');
            $waits[] = (int) Database::value(
                'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), next_attempt_at) FROM mod_creditbridge_spool'
            ) / 1e6;
        }
        foreach ([1, 60, 60] as $index => $seconds) {
            self::assertEqualsWithDelta($seconds, $waits[$index], $seconds * 0.11);
        }
    }

    public function testOneItemThatCannotBeReadDoesNotBlockTheOthers(): void
    {
        $this->keep(7);
        $bad = self::spooled()[4]['id'];
        $this->peer->answer('/v1/deliveries', ['refuseWith' => $bad, 'accept' => (object) []]);

        self::assertSame(6, $this->drain());

        self::assertSame([$bad], array_column(self::spooled(), 'id'));
        self::assertSame('string-too-long', self::spooled()[0]['last_error']);
    }

    public function testTwoSendersNeverTakeTheSameRow(): void
    {
        $this->keep(150);

        $one = array_column(Spool::take(0)['rows'], 'id');
        $two = array_column(Spool::take(0)['rows'], 'id');

        self::assertCount(100, $one);
        self::assertCount(50, $two);
        self::assertSame([], array_intersect($one, $two));
        self::assertSame([], Spool::take(0)['rows']);
    }

    public function testReplacesASenderThatDied(): void
    {
        $this->keep(2);
        Spool::take(0);
        Database::change('UPDATE mod_creditbridge_spool SET taken_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND');

        self::assertSame(2, $this->drain());
    }

    public function testKeepsEverythingWhileTheServiceIsDownAndDrainsItAfterwards(): void
    {
        $this->keep(3);
        $this->peer->answer('/v1/deliveries', ['status' => 503, 'body' => ['code' => 'storage-unavailable']]);

        self::assertSame(0, $this->drain());
        self::assertSame(['0', '0', '0'], array_map('strval', array_column(self::spooled(), 'attempts')));

        $this->peer->acceptAll();
        Database::change('UPDATE mod_creditbridge_settings SET breaker_open_until = UTC_TIMESTAMP(6)');
        self::assertSame(3, $this->drain());
    }

    public function testLivesOrDiesWithTheChangeItReports(): void
    {
        Capsule::connection()->beginTransaction();
        $this->keep(1);
        Capsule::connection()->rollBack();
        self::assertSame([], self::spooled());

        Capsule::connection()->transaction(function (): void {
            $this->keep(1);
        });
        self::assertCount(1, self::spooled());
    }

    public function testFetchesTheManifestWhenItsNumberChanged(): void
    {
        $this->peer->acceptAll([], ['manifest' => 4]);
        $this->peer->answer('/v1/manifest', ['body' => ['manifest' => ['number' => 4, 'hooks' => [
            'ClientAdd' => ['answer' => 'deferred', 'fields' => ['country']],
            'UserLogin' => ['answer' => 'deferred'],
            'InvoicePaid' => ['answer' => 'shout'],
        ]]]]);
        $this->keep(1);

        $this->drain();

        $settings = Settings::load();
        self::assertSame(4, $settings->number('manifest_number'));
        self::assertSame(
            ['ClientAdd' => ['answer' => 'deferred', 'fields' => ['country']]],
            $settings->manifestHooks()
        );
    }
}
