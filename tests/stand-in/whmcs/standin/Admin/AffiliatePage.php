<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\Affiliates;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;

/** Manage Affiliates for one client: activation, commission by hand, pay-out (whmcs.md §2.5). */
final class AffiliatePage
{
    public static function handle(int $clientId): void
    {
        Admin::demand('Edit Clients Details');
        $client = ClientTabs::client($clientId);
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            try {
                Operation::run(static fn () => self::act($clientId, (string) ($_POST['do'] ?? '')));
                Flash::set('success', 'Done.');
            } catch (Refused $refused) {
                Flash::set('danger', $refused->getMessage());
            }
            Redirect::to("/admin/affiliates.php?userid=$clientId");
        }
        AdminPage::show(ClientTabs::title($client) . ': affiliate', self::body($clientId, (int) $client->currency));
    }

    private static function act(int $clientId, string $act): void
    {
        $text = (string) ($_POST['amount'] ?? '');
        $amount = Money::isAmount($text) ? Money::parse($text) : 0;
        if ($act === 'activate') {
            Affiliates::activate($clientId);
            return;
        }
        $affiliate = Affiliates::ofClient($clientId) ?? throw new Refused('The client is no affiliate.');
        if ($amount <= 0) {
            throw new Refused('Enter an amount greater than zero.');
        }
        if ($act === 'payout' && $amount > Money::parse($affiliate->balance)) {
            throw new Refused('You cannot pay out more than the affiliate has.');
        }
        match ($act) {
            'commission' => Affiliates::commission($affiliate, $amount),
            'payout' => Affiliates::payOut($affiliate, $amount, ($_POST['payouttype'] ?? '') === 'credit'),
            default => throw new Refused('Nothing to do.'),
        };
    }

    private static function body(int $clientId, int $currency): string
    {
        $affiliate = Affiliates::ofClient($clientId);
        if ($affiliate === null) {
            return '<form method="post">' . Token::field()
                . '<button class="btn btn-primary" type="submit" name="do" value="activate">Activate as Affiliate</button></form>';
        }
        return '<p>Commissions available: <strong id="balance">' . Html::money((string) $affiliate->balance, $currency) . '</strong></p>'
            . '<form method="post" class="form-inline">' . Token::field() . '<input class="form-control input-amount" name="amount" placeholder="Amount"> '
            . '<button class="btn btn-default" type="submit" name="do" value="commission">Add Commission</button> '
            . Html::select('payouttype', ['none' => 'Withdrawal without record', 'credit' => 'Add to client\'s credit'], 'credit')
            . ' <button class="btn btn-primary" type="submit" name="do" value="payout">Pay Out</button></form>';
    }
}
