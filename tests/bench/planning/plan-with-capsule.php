<?php

declare(strict_types=1);

// A daily run as addons for WHMCS are usually written: a loop over due invoices, which asks for each what it needs and writes what
// it decides, with the Capsule that WHMCS hands to addons. It decides what the rule auto-apply decides on its defaults.

use Illuminate\Database\Capsule\Manager as Capsule;

require '/usr/share/php/Illuminate/Database/autoload.php';

[, $host, $port, $user, $password, $database, $date, $clients] = $argv;

$capsule = new Capsule();
$capsule->addConnection([
    'driver' => 'mysql', 'host' => $host, 'port' => $port, 'username' => $user, 'password' => $password,
    'database' => $database, 'charset' => 'utf8mb4', 'collation' => 'utf8mb4_unicode_ci', 'strict' => false,
]);
$capsule->setAsGlobal();

$ids = Capsule::table('tblclients')->where('credit', '>', 0)->orderBy('id')->limit((int) $clients)->pluck('id');
$began = hrtime(true);
$planned = 0;
$invoices = Capsule::table('tblinvoices')
    ->whereIn('userid', $ids)->where('status', 'Unpaid')->where('duedate', '<=', $date)
    ->orderBy('duedate')->orderBy('id')->get(['id', 'userid', 'total', 'duedate']);

foreach ($invoices as $invoice) {
    $planned++;
    $special = Capsule::table('tblinvoiceitems')
        ->where('invoiceid', $invoice->id)->whereIn('type', ['AddFunds', 'Invoice'])->exists();
    if ($special) {
        continue;
    }
    Capsule::connection()->transaction(static function () use ($invoice, $date): void {
        $client = Capsule::table('tblclients')->where('id', $invoice->userid)->first(['credit', 'currency']);
        $code = Capsule::table('tblcurrencies')->where('id', $client->currency)->value('code');
        $held = Capsule::table('mod_creditbridge_commands')
            ->where('client_id', $invoice->userid)->whereIn('state', ['open', 'running', 'unknown'])
            ->sum('hold_hundredths');
        $paid = Capsule::table('tblaccounts')->where('invoiceid', $invoice->id)->sum('amountin');
        $due = (int) round(($invoice->total - $paid) * 100);
        $spendable = max(0, (int) round($client->credit * 100) - (int) $held);
        $amount = min($due, $spendable);
        $fact = 'auto-apply:invoice:' . $invoice->id . ':due:' . $date;
        $money = static function (int $hundredths): string {
            return number_format($hundredths / 100, 2, '.', '');
        };
        $id = uuid();
        $now = gmdate('Y-m-d H:i:s');
        $reason = $amount > 0
            ? $money($amount) . ' ' . $code . ' of ' . $money($due) . ' ' . $code . ' due on invoice #' . $invoice->id . '. The invoice is due.'
            : 'No credit on invoice #' . $invoice->id . '. ' . $money($spendable) . ' ' . $code . ' of credit can be spent.';
        Capsule::table('mod_creditbridge_decisions')->insert([
            'id' => $id, 'rule' => 'auto-apply', 'target' => 'invoice:' . $invoice->id,
            'repeat_key' => $amount > 0 ? null : 'auto-apply invoice:' . $invoice->id, 'client_id' => $invoice->userid, 'invoice_id' => $invoice->id,
            'event' => 'DueInvoice', 'outcome' => $amount > 0 ? 'effect' : 'skipped', 'effect' => 'apply',
            'amount_hundredths' => $amount, 'fact' => $fact, 'reason' => $reason,
            'trace' => json_encode(['event' => 'DueInvoice', 'localDate' => $date, 'mode' => 'on', 'clientId' => $invoice->userid,
                'invoiceId' => $invoice->id, 'spendableHundredths' => $money($spendable), 'dueHundredths' => $money($due),
                'amountHundredths' => $money($amount), 'because' => $reason]),
            'settings_version' => 1, 'first_at' => $now, 'last_at' => $now,
        ]);
        if ($amount > 0) {
            Capsule::table('mod_creditbridge_commands')->insert([
                'id' => $id, 'fact' => $fact, 'live_fact' => $fact, 'client_id' => $invoice->userid,
                'invoice_id' => $invoice->id, 'action' => 'ApplyCredit',
                'parameters' => json_encode(['invoiceid' => $invoice->id, 'amount' => $money($amount), 'noemail' => false]),
                'expects' => json_encode(['invoiceStatus' => 'Unpaid', 'invoiceBalanceAtLeast' => $money($amount),
                    'balanceAtLeast' => $money($amount)]),
                'amount_hundredths' => $amount, 'hold_hundredths' => $amount, 'rule' => 'auto-apply',
                'decision_id' => $id, 'urgency' => 500, 'created_at' => $now,
            ]);
        }
    });
}

echo json_encode(['planned' => $planned, 'milliseconds' => (hrtime(true) - $began) / 1e6]), "\n";

function uuid(): string
{
    $hex = bin2hex(random_bytes(16));

    return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-7' . substr($hex, 13, 3) . '-8' . substr($hex, 17, 3) . '-' . substr($hex, 20);
}
