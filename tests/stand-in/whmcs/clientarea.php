<?php

// STAND-IN, not WHMCS: the pages core handles at clientarea.php (whmcs.md §4.6).

declare(strict_types=1);

require __DIR__ . '/init.php';

use StandIn\Web\Client;
use StandIn\Web\ClientArea\AddFundsPage;
use StandIn\Web\ClientArea\HomePage;
use StandIn\Web\ClientArea\InvoicesPage;
use StandIn\Web\ClientArea\MassPayPage;
use StandIn\Web\ClientPage;

if (Client::id() === 0) {
    if (isset($_GET['action'])) {
        $_SESSION['standin_back'] = $_SERVER['REQUEST_URI'];
    }
    ClientPage::show('login', 'Login');
    exit;
}
match ($_GET['action'] ?? '') {
    'addfunds' => AddFundsPage::handle(Client::demand('invoices')),
    'invoices' => InvoicesPage::handle(Client::demand('invoices')),
    'masspay' => MassPayPage::handle(Client::demand('invoices')),
    default => HomePage::handle(Client::demand()),
};
