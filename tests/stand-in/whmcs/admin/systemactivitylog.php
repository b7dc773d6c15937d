<?php

// STAND-IN, not WHMCS: the activity log.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\LogPages::activity();
