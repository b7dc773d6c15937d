<?php

// STAND-IN, not WHMCS: the test gateway's own page, where a tester decides what becomes of a payment.

declare(strict_types=1);

require dirname(__DIR__, 3) . '/init.php';

StandIn\Gateway\PaymentPage::handle(StandIn\Web\Client::demand('invoices'), (int) ($_REQUEST['invoiceid'] ?? 0));
