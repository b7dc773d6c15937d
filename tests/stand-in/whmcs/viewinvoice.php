<?php

// STAND-IN, not WHMCS: an invoice as the client sees it.

declare(strict_types=1);

require __DIR__ . '/init.php';

StandIn\Web\ClientArea\ViewInvoicePage::handle(StandIn\Web\Client::demand('invoices'), (int) ($_GET['id'] ?? 0));
