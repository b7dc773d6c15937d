<?php

/**
 * Calls localAPI for rows of bench_calls, one after another, as a module without any care would. Copied into the root of the
 * stand-in WHMCS.
 *
 *   php bare-calls.php <AddCredit|ApplyCredit> <which process this is> <of how many>
 */

declare(strict_types=1);

require __DIR__ . '/init.php';

use WHMCS\Database\Capsule;

[, $action, $part, $of] = $argv;
$rows = Capsule::connection()->select(
    'SELECT client_id, invoice_id FROM bench_calls WHERE id % ? = ? ORDER BY id',
    [(int) $of, (int) $part]
);
foreach ($rows as $row) {
    $answer = localAPI($action, $action === 'AddCredit'
        ? ['clientid' => $row->client_id, 'description' => 'Bonus', 'amount' => '1.00', 'type' => 'add']
        : ['invoiceid' => $row->invoice_id, 'amount' => '1.00', 'noemail' => true], 'admin');
    if ($answer['result'] !== 'success') {
        fwrite(STDERR, json_encode($answer) . "\n");
        exit(1);
    }
}
