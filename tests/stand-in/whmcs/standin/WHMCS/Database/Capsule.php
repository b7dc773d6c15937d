<?php

declare(strict_types=1);

namespace WHMCS\Database;

use Illuminate\Database\Capsule\Manager;

/** The real Illuminate Capsule manager under the name WHMCS gives it (whmcs.md §6). */
class Capsule extends Manager
{
}
