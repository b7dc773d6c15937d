<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use PHPUnit\Framework\TestCase;
use WHMCS\Module\Addon\Creditbridge\Command\Action\Action;
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

    public function names(): array
    {
        return array_map(static function (string $name): array {
            return [$name];
        }, ['Addcredit', 'ADDCREDIT', 'Action', 'GetClients', '../Action/AddCredit', 'AddCredit ', '']);
    }

    /** @dataProvider names */
    public function testRefusesAnActionWithoutAFileOfExactlyItsName(string $action): void
    {
        Action::of('AddCredit');

        self::assertSame('The action ' . $action . ' is not allowed.', Actions::refusal([
            'action' => $action, 'client_id' => 5, 'invoice_id' => 0,
            'parameters' => ['clientid' => 5, 'description' => 'x', 'amount' => '1.00', 'type' => 'add'],
        ]));
    }

    public function testEveryFileIsAnActionThatTheVectorsKnow(): void
    {
        $names = Action::names();
        $allowed = array_filter(array_column($this->vectors(), 0), static function (array $vector): bool {
            return $vector['allowed'];
        });
        $inVectors = array_unique(array_column($allowed, 'action'));
        sort($names);
        sort($inVectors);

        self::assertSame($inVectors, $names);
    }
}
