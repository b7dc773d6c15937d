<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Cipher;

/** whmcs.md §6. */
final class DecryptPassword implements Action
{
    public function run(array $values): array
    {
        return ['password' => Cipher::decrypt((string) ($values['password2'] ?? ''))];
    }
}
