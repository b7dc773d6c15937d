<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use DateTimeImmutable;
use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\Credit;
use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** whmcs.md §3.2. Writes: balance, log, activity. */
final class AddCredit implements Action
{
    public function run(array $values): array
    {
        $type = Read::text($values, 'type') ?: 'add';
        if (!in_array($type, ['add', 'remove'], true)) {
            throw new ApiError('Type can only be add or remove');
        }
        $client = Read::client($values);
        $adminId = (int) ($values['adminid'] ?? 0);
        if ($adminId !== 0 && !Db::table('tbladmins')->where('id', $adminId)->where('disabled', 0)->exists()) {
            throw new ApiError('Admin ID Not Found');
        }
        $amount = self::amount(Read::text($values, 'amount'));
        $date = self::date(Read::text($values, 'date'));
        $signed = $type === 'remove' ? -$amount : $amount;
        $balance = Credit::balance((int) $client->id) + $signed;
        // Whether removing may go below zero is unknown 8.9; the official error list has no such error.
        if ($signed < 0 && $balance < 0 && Switches::get('add_credit_below_zero') === 'refused') {
            throw new ApiError('Amount exceeds customer credit balance');
        }
        $description = (string) ($values['description'] ?? '');
        Credit::change((int) $client->id, $signed, $description, $date, $adminId ?: null);
        Activity::log(($signed < 0 ? 'Removed' : 'Added') . ' Credit - Amount: ' . Money::text($amount), (int) $client->id);
        return ['newbalance' => Money::text(Credit::balance((int) $client->id))];
    }

    private static function amount(string $text): int
    {
        if ($text === '') {
            throw new ApiError('No Amount Provided');
        }
        if (!Money::isAmount($text) || Money::parse($text) <= 0) {
            throw new ApiError('Amount must be in decimal format');
        }
        return Money::parse($text);
    }

    private static function date(string $text): ?string
    {
        if ($text === '') {
            return null;
        }
        $date = DateTimeImmutable::createFromFormat('!Y-m-d', $text);
        if ($date === false || $date->format('Y-m-d') !== $text) {
            throw new ApiError('Date Format is not Valid');
        }
        return $text;
    }
}
