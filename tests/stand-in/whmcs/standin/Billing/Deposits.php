<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Currency;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;

/** Add Funds: the limits core enforces and the invoice it creates (whmcs.md §1.1, §2.3). */
final class Deposits
{
    private const TAX_PERCENT = 20;

    /** @return array{minimum: int, maximum: int, balance: int} In the client's currency, hundredths. */
    public static function limits(int $clientId): array
    {
        $currency = (int) Currency::ofClient($clientId)['id'];
        $limit = static function (string $setting) use ($currency): int {
            $amount = Money::isAmount(Settings::get($setting)) ? Money::parse(Settings::get($setting)) : 0;
            // In the default currency and converted (inferred, §1.1; unknown 8.11).
            return Switches::get('deposit_limit_currency') === 'client'
                ? $amount
                : Currency::fromDefault($amount, $currency);
        };
        return [
            'minimum' => $limit('AddFundsMinimum'), 'maximum' => $limit('AddFundsMaximum'),
            'balance' => $limit('AddFundsMaximumBalance'),
        ];
    }

    /** addfundsdisabled, notallowed or the empty string, as the template's states are called (whmcs.md §1.1). */
    public static function obstacle(int $clientId): string
    {
        if (!Settings::isOn('AddFundsEnabled')) {
            return 'addfundsdisabled';
        }
        $active = Db::table('tblorders')->where('userid', $clientId)->where('status', 'Active')->exists();
        return Settings::isOn('AddFundsRequireOrder') && !$active ? 'notallowed' : '';
    }

    /** What the page says against this amount, or the empty string. A limit of zero limits nothing. */
    public static function complaint(int $clientId, string $amount): string
    {
        if (!Money::isAmount($amount) || Money::parse($amount) <= 0) {
            return 'You must enter a valid amount.';
        }
        $hundredths = Money::parse($amount);
        $limits = self::limits($clientId);
        $show = static fn (int $limit): string
            => Currency::format($limit, (int) Currency::ofClient($clientId)['id']);
        return match (true) {
            $hundredths < $limits['minimum'] => "Minimum Deposit is {$show($limits['minimum'])}.",
            $limits['maximum'] > 0 && $hundredths > $limits['maximum'] => "Maximum Deposit is {$show($limits['maximum'])}.",
            $limits['balance'] > 0 && Credit::balance($clientId) + $hundredths > $limits['balance']
                => "Your credit balance may not exceed {$show($limits['balance'])}.",
            default => '',
        };
    }

    /**
     * An Unpaid invoice whose only line is of type AddFunds. Core does not tax it; an addon that does credits the net amount
     * (whmcs.md §2.3): switch taxed_deposits. Returns its id.
     */
    public static function createInvoice(int $clientId, int $hundredths, string $paymentMethod, bool $byAdmin = false): int
    {
        $taxed = Switches::get('taxed_deposits');
        $net = $taxed === 'inclusive'
            ? (int) round($hundredths * 100 / (100 + self::TAX_PERCENT))
            : $hundredths;
        return InvoiceCreation::create(new NewInvoice(
            $clientId,
            [new InvoiceLine('AddFunds', 0, 'Add Funds', $net, taxed: $taxed !== 'no')],
            source: $byAdmin ? 'adminarea' : 'autogen',
            user: $byAdmin ? (int) ($_SESSION['adminid'] ?? 0) : 'system',
            paymentMethod: $paymentMethod,
            taxRate: $taxed === 'no' ? '0.000' : self::TAX_PERCENT . '.000',
        ));
    }
}
