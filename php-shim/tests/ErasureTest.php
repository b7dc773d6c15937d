<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Erasure;
use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * What stays in commands of a client whom WHMCS has no more.
 */
final class ErasureTest extends ShimTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->paired();
    }

    public function testTextsGoAndFiguresStayOnceTheClientIsGoneForTwelveHours(): void
    {
        $credit = ['clientid' => 1, 'type' => 'add', 'amount' => '5.00', 'description' => 'For Anna Example'];
        $invoice = ['paymentmethod' => 'banktransfer', 'lines' => [
            ['description' => 'Hosting of anna.example.com', 'amount' => '3.00', 'taxed' => true],
        ]];
        $done = $this->command('AddCredit', 1, $credit, ['state' => Command::DONE]);
        $refused = $this->command('CreateInvoice', 1, $invoice, ['state' => Command::REFUSED, 'reason' => 'Anna is unknown']);
        $open = $this->command('AddCredit', 1, $credit);
        $other = $this->command('AddCredit', 2, ['clientid' => 2] + $credit, ['state' => Command::DONE]);

        self::gone(1, 11);
        self::assertSame(0, self::erase());
        self::gone(1, 13);
        self::assertSame(2, self::erase());
        self::assertSame(0, self::erase());

        self::assertSame(['description' => 'Erased'] + $credit, self::inOrder($done, ['description' => ''] + $credit));
        self::assertSame(
            ['paymentmethod' => 'banktransfer', 'lines' => [['description' => 'Erased', 'amount' => '3.00', 'taxed' => true]]],
            json_decode(self::row($refused)['parameters'], true)
        );
        self::assertSame('', self::row($refused)['reason']);
        foreach ([$open, $other] as $kept) {
            self::assertStringContainsString('Anna Example', self::row($kept)['parameters']);
        }
    }

    /** The parameters of a command, in the order of these members. */
    private static function inOrder(string $id, array $members): array
    {
        return array_replace($members, json_decode(self::row($id)['parameters'], true));
    }

    private static function gone(int $clientId, int $hours): void
    {
        Database::change(
            'REPLACE INTO mod_creditbridge_gone_clients VALUES (?, UTC_TIMESTAMP(6) - INTERVAL ? HOUR)',
            [$clientId, $hours]
        );
    }

    private static function erase(): int
    {
        return Erasure::run(self::soon());
    }
}
