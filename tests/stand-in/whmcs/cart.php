<?php

// STAND-IN, not WHMCS: the store. cart.php lists products; cart.php?a=checkout orders one (whmcs.md §4.4).

declare(strict_types=1);

require __DIR__ . '/init.php';

use StandIn\Web\Client;
use StandIn\Web\ClientArea\CheckoutPage;
use StandIn\Web\ClientArea\StorePage;

if (($_GET['a'] ?? '') === 'checkout') {
    CheckoutPage::handle(Client::demand());
} else {
    StorePage::handle(Client::id());
}
