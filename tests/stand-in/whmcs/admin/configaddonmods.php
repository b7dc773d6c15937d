<?php

// STAND-IN, not WHMCS: activation and settings of addons.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\AddonConfigurationPage::handle();
