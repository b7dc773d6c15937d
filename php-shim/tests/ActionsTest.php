<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use PHPUnit\Framework\TestCase;
use WHMCS\Module\Addon\Creditbridge\Command\Actions;

/**
 * The parameters of commands, checked against the shared vectors.
 */
final class ActionsTest extends TestCase
{
    public function vectors(): array
    {
        $cases = [];
        foreach (json_decode(file_get_contents(__DIR__ . '/../../bridge/vectors/commands.json'), true) as $vector) {
            $cases[$vector['action'] . ': ' . $vector['name']] = [$vector];
        }
        return $cases;
    }

    /** @dataProvider vectors */
    public function testAllowsWhatTheContractAllows(array $vector): void
    {
        $refusal = Actions::refusal([
            'action' => $vector['action'], 'parameters' => $vector['parameters'], 'client_id' => 5, 'invoice_id' => 9,
        ]);

        self::assertSame($vector['allowed'], $refusal === '', $refusal);
    }

    public function testRefusesAnInvoiceForAnotherClientThanTheCommands(): void
    {
        self::assertStringContainsString('userid is not the client', Actions::refusal([
            'action' => 'CreateInvoice', 'client_id' => 6, 'invoice_id' => 0, 'parameters' => [
                'userid' => 5, 'lines' => [['description' => 'x', 'amount' => '1.00', 'taxed' => false]],
                'addfunds' => false, 'sendinvoice' => false,
            ],
        ]));
    }
}
