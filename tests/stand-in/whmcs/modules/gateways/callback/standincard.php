<?php

// STAND-IN, not WHMCS: the test gateway's callback, written as gateway modules write theirs (whmcs.md §3.2).

declare(strict_types=1);

require dirname(__DIR__, 3) . '/init.php';

use StandIn\Gateway\TestGateway;
use StandIn\Platform\Operation;
use StandIn\Platform\RolledBack;

$fields = array_map('strval', array_intersect_key($_POST, ['invoiceid' => 1, 'transid' => 1, 'amount' => 1, 'reversal' => 1]));
$fields += ['invoiceid' => '', 'transid' => '', 'amount' => '', 'reversal' => ''];
if (!hash_equals(TestGateway::signature($fields), (string) ($_POST['signature'] ?? ''))) {
    logTransaction(TestGateway::NAME, $fields, 'Hash Verification Failure');
    http_response_code(403);
    exit('Hash Verification Failure');
}
if ($fields['reversal'] !== '') {
    paymentReversed($fields['reversal'], $fields['transid'], 0, TestGateway::NAME);
    exit('OK');
}
$invoiceId = checkCbInvoiceID((int) $fields['invoiceid'], TestGateway::NAME);
checkCbTransID($fields['transid']);
logTransaction(TestGateway::NAME, $fields, 'Successful');
try {
    Operation::run(static fn (): bool => addInvoicePayment($invoiceId, $fields['transid'], $fields['amount'], '0', TestGateway::NAME));
    echo 'OK';
} catch (RolledBack $rolledBack) {
    echo $rolledBack->getMessage();
}
