<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\Invoices;
use StandIn\Billing\MassPayment;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Platform\RolledBack;
use StandIn\Platform\Settings;
use StandIn\Web\ClientPage;
use StandIn\Web\Flash;
use StandIn\Web\Gateways;
use StandIn\Web\Redirect;

/** clientarea.php?action=masspay: several invoices, one payment (whmcs.md §2.6). */
final class MassPayPage
{
    public static function handle(int $clientId): void
    {
        if (!Settings::isOn('EnableMassPay')) {
            Redirect::to('/clientarea.php?action=invoices');
        }
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            self::post($clientId);
        }
        $currency = (int) getCurrency($clientId)['id'];
        $invoices = [];
        $rows = Db::table('tblinvoices')->where('userid', $clientId)->where('status', 'Unpaid')->orderBy('duedate')->get();
        foreach ($rows as $row) {
            $open = Invoices::openBalance((int) $row->id);
            if ($open > 0 && !Invoices::hasLineOfType((int) $row->id, 'Invoice')) {
                $invoices[] = [
                    'id' => (int) $row->id, 'duedate' => $row->duedate,
                    'balance' => formatCurrency(Money::text($open), $currency),
                ];
            }
        }
        ClientPage::show(
            'masspay',
            'Mass Payment',
            ['invoices' => $invoices, 'gateways' => Gateways::visible()],
            'ClientAreaPageMassPay'
        );
    }

    private static function post(int $clientId): never
    {
        check_token('WHMCS.default');
        $ids = array_map('intval', (array) ($_POST['invoiceids'] ?? []));
        if ($ids === []) {
            Flash::set('danger', 'Choose at least one invoice.');
            Redirect::to('/clientarea.php?action=masspay');
        }
        $method = Gateways::choose((string) ($_POST['paymentmethod'] ?? ''));
        try {
            $id = Operation::run(static fn (): int => MassPayment::create($clientId, $ids, $method));
        } catch (RolledBack $rolledBack) {
            Flash::set('warning', $rolledBack->getMessage());
            Redirect::to('/clientarea.php?action=masspay');
        }
        Redirect::to("/viewinvoice.php?id=$id");
    }
}
