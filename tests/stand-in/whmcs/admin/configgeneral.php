<?php

// STAND-IN, not WHMCS: General Settings, Credit tab.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\CreditSettingsPage::handle();
