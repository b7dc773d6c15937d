<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Lock;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Which commands can run, by the vectors that the service's counts are tested with.
 */
final class RunnableTest extends ShimTestCase
{
    public function reasons(): array
    {
        $cases = json_decode(file_get_contents(__DIR__ . '/../../bridge/vectors/runnable.json'), true);

        return array_column(array_map(static function (array $case): array {
            return [$case['why'], [$case['block'], $case['release']]];
        }, $cases), 1, 0);
    }

    /** @dataProvider reasons */
    public function testACommandThatCannotRunIsNotTakenUntilItCan(array $block, array $release): void
    {
        $this->paired();
        $client = $this->client('0.00');
        $id = $this->command('AddCredit', $client, [
            'clientid' => $client, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add',
        ]);
        $invoice = $this->invoice($client, '1.00');
        $names = ['{client}' => (string) $client, '{invoice}' => (string) $invoice, '{command}' => $id];

        self::apply($block, $names);
        self::assertSame([[], []], [Queue::clients([]), Queue::next([$client])]);
        self::assertSame(0, (new Executor(Settings::load()))->run(self::soon()));
        self::assertSame(['open', '0.00'], [self::state($id), self::balance($client)]);

        self::apply($release, $names);
        self::assertTrue(Queue::isBusy());
        self::assertSame(1, (new Executor(Settings::load()))->run(self::soon()));
        self::assertSame(['done', '1.00'], [self::state($id), self::balance($client)]);
    }

    public function testWhatAProcessLeftRunningIsTakenOnceItsLockIsFree(): void
    {
        $this->paired();
        $client = $this->client('0.00');
        $id = $this->command('LogActivity', $client, ['description' => 'Test'], [
            'state' => 'running', 'lease_until' => '2020-01-01 00:00:00', 'witnesses' => '{}',
        ]);
        Lock::take($id);
        self::assertSame([], Queue::clients([]));
        Lock::release($id);
        self::assertSame([$client => true], Queue::clients([]));
    }

    private static function apply(array $statements, array $names): void
    {
        foreach ($statements as $statement) {
            Database::change(strtr($statement, $names));
        }
    }
}
