<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Adds 0.01 to the test client by AddCredit in a transaction that is rolled back: does it leave a trace? It is seen not to
 * (whmcs.md §3.2), and one source says the opposite. What is left is taken off again and said in the activity log.
 */
final class AddCreditRollback
{
    const AMOUNT = '0.01';

    /** @return bool|null whether nothing was left; null if WHMCS refused, so that nothing was measured */
    public static function measure(int $clientId, string $admin)
    {
        $text = 'Credit Bridge self-test ' . Uuid::v7();
        $before = Witnesses::read(['client_id' => $clientId, 'invoice_id' => 0]);
        $answer = [];
        $wasSeen = false;
        $connection = Capsule::connection();
        $connection->beginTransaction();
        try {
            $answer = LocalApi::call('AddCredit', [
                'clientid' => $clientId, 'description' => $text, 'amount' => self::AMOUNT, 'type' => 'add',
            ], $admin);
            $wasSeen = self::rows($before['creditId'], $clientId, $text) !== [];
        } finally {
            $connection->rollBack();
        }
        if (!LocalApi::succeeded($answer)) {
            return null;
        }
        $isLogged = self::rows($before['creditId'], $clientId, $text) !== [];
        if ($isLogged) {
            LocalApi::demand('AddCredit', [
                'clientid' => $clientId, 'description' => $text . ' taken back', 'amount' => self::AMOUNT, 'type' => 'remove',
            ], $admin);
            Log::activity('AddCredit does not roll back with the transaction around it; the ' . self::AMOUNT
                . ' of the self-test was taken off again.', $clientId);
        }
        return $wasSeen && !$isLogged
            && Hundredths::parse((string) Witnesses::balance($clientId)) === Hundredths::parse((string) $before['balance']);
    }

    private static function rows(int $creditId, int $clientId, string $text): array
    {
        return array_filter(Witnesses::movementsSince($creditId, $clientId), static function (array $row) use ($text): bool {
            return strpos($row['description'], $text) === 0;
        });
    }
}
