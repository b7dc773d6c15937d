<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use PHPUnit\Framework\TestCase;
use WHMCS\Module\Addon\Creditbridge\Hook\Collector;
use WHMCS\Module\Addon\Creditbridge\Hook\Fields;

final class CollectorTest extends TestCase
{
    public function hooks(): array
    {
        return self::cases('hooks.json');
    }

    /** @dataProvider hooks */
    public function testSendsOfAKnownHookWhatTheVectorSays(array $case): void
    {
        $data = Collector::collect(
            $case['hook'],
            $case['vars'],
            $case['request'] ?? [],
            (int) ($case['session']['userid'] ?? 0)
        );

        self::assertSame($case['data'], $data);
    }

    public function unknownHooks(): array
    {
        return self::cases('unknown-hooks.json');
    }

    /** @dataProvider unknownHooks */
    public function testSendsOfAnUnknownHookWhatTheVectorSays(array $case): void
    {
        if (!isset($case['data'])) {
            self::assertContains($case['hook'], Fields::NEVER);
            return;
        }
        self::assertSame($case['data'], Collector::collect($case['hook'], $case['vars'], [], 0, $case['fields']));
    }

    public function testWritesAnAmountThatWhmcsComputedAsADecimalString(): void
    {
        $data = Collector::collect('AfterShoppingCartCheckout', ['OrderID' => 7, 'TotalDue' => 12.5], [], 0);

        self::assertSame(['OrderID' => 7, 'TotalDue' => '12.50'], $data);
    }

    private static function cases(string $file): array
    {
        $cases = [];
        foreach (json_decode(file_get_contents(__DIR__ . '/../../bridge/vectors/' . $file), true) as $index => $case) {
            $cases[$index . ' ' . $case['hook'] . ': ' . $case['name']] = [$case];
        }
        return $cases;
    }
}
