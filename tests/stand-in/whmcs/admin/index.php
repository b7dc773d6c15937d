<?php

// STAND-IN, not WHMCS: the admin home, with AdminHomepage output.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\HomePage::handle();
