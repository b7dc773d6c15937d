<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Cipher;

/** whmcs.md §6: the ciphertext differs each time. */
final class EncryptPassword implements Action
{
    public function run(array $values): array
    {
        return ['password' => Cipher::encrypt((string) ($values['password2'] ?? ''))];
    }
}
