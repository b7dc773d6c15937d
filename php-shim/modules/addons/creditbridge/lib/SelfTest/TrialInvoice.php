<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use RuntimeException;
use Throwable;
use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Tries whether credit may be applied before an invoice's mail. It is not documented what WHMCS does to an invoice
 * between InvoiceCreationPreEmail and InvoiceCreated (whmcs.md §8.6). So an invoice of 0.02 for a test client gets 0.01
 * of credit at that point; credit, total and status must be unchanged at InvoiceCreated and afterwards. TrialDeposit
 * follows.
 */
final class TrialInvoice
{
    const TOTAL = '0.02';
    const CREDIT = '0.01';

    /** @var Settings */
    private $settings;
    /** @var string */
    private $admin;
    /** @var int */
    private $invoiceId = 0;
    /** @var array moment → the invoice at that moment */
    private $seen = [];
    /** @var string */
    private $fault = '';

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
        $this->admin = $settings->text('acting_admin');
    }

    /**
     * Runs the trial, cleans up, and stores the verdict in settings.trial.
     *
     * @return string the verdict in words
     * @throws RuntimeException if the trial cannot start
     */
    public function run(int $clientId): string
    {
        $before = $this->prepare($clientId);
        // Hooks that fire during the trial are deferred, as during a command.
        $marker = Uuid::v7();
        $this->listen($clientId);
        try {
            Running::during($marker, function () use ($clientId): void {
                $this->api('AddCredit', [
                    'clientid' => $clientId, 'description' => 'Credit Bridge trial', 'amount' => self::CREDIT, 'type' => 'add',
                ]);
                $answer = $this->api('CreateInvoice', [
                    'userid' => $clientId, 'status' => 'Unpaid', 'sendinvoice' => '1', 'autoapplycredit' => '0',
                    'itemdescription1' => 'Credit Bridge trial', 'itemamount1' => self::TOTAL, 'itemtaxed1' => '0',
                    'date' => date('Y-m-d'), 'duedate' => date('Y-m-d'),
                ]);
                $this->invoiceId = (int) $answer['invoiceid'];
                $this->seen['afterwards'] = Witnesses::invoice($this->invoiceId);
            });
        } catch (Throwable $fault) {
            $this->fault = $fault->getMessage();
        }
        $left = Running::during($marker, function () use ($clientId, $before): string {
            return $this->cleanUp($clientId, $before);
        });
        $deposit = $this->invoiceId === 0 ? [] : Running::during($marker, function () use ($clientId): array {
            return (new TrialDeposit($this->admin))->run($clientId);
        });
        return $this->conclude($left, $deposit);
    }

    private function prepare(int $clientId): string
    {
        $problem = ActingAdmin::problem($this->admin);
        $balance = Witnesses::balance($clientId);
        if ($problem !== '' || $balance === null) {
            throw new RuntimeException($problem !== '' ? $problem : 'There is no client ' . $clientId . '.');
        }
        if (AutomaticUse::isOn()) {
            throw new RuntimeException('Switch Automatic Credit Use off first: otherwise WHMCS puts credit on the'
                . ' invoice itself.');
        }
        if (Database::inTransaction()) {
            throw new RuntimeException('WHMCS has a transaction open.');
        }
        return $balance;
    }

    private function listen(int $clientId): void
    {
        add_hook('InvoiceCreationPreEmail', 2000, function ($vars) use ($clientId): void {
            Attempt::to('trial invoice', function () use ($vars, $clientId): void {
                $invoice = Witnesses::invoice((int) $vars['invoiceid']);
                if ($this->invoiceId !== 0 || ($invoice['clientId'] ?? 0) !== $clientId) {
                    return;
                }
                $this->invoiceId = (int) $vars['invoiceid'];
                $this->seen['before credit'] = $invoice;
                $this->api('ApplyCredit', [
                    'invoiceid' => $this->invoiceId, 'amount' => self::CREDIT, 'noemail' => true,
                ]);
                $this->seen['InvoiceCreationPreEmail'] = Witnesses::invoice($this->invoiceId);
            });
        });
        add_hook('InvoiceCreated', 2000, function ($vars): void {
            if ((int) ($vars['invoiceid'] ?? 0) === $this->invoiceId) {
                $this->seen['InvoiceCreated'] = Attempt::to('trial invoice', function () {
                    return Witnesses::invoice($this->invoiceId);
                });
            }
        });
    }

    /**
     * Takes the credit off, cancels the invoice and restores the balance. Returns what an admin must still do by hand.
     */
    private function cleanUp(int $clientId, string $before): string
    {
        $left = [];
        $invoice = $this->invoiceId === 0 ? null : Witnesses::invoice($this->invoiceId);
        try {
            if ($invoice !== null && Hundredths::parse($invoice['credit']) > 0) {
                // Undocumented, but seen in the field (whmcs.md §2.4). If WHMCS refuses, the code below restores the
                // cent.
                LocalApi::call('ApplyCredit', [
                    'invoiceid' => $this->invoiceId, 'amount' => '-' . self::CREDIT, 'noemail' => true,
                ], $this->admin);
            }
            if ($invoice !== null) {
                $this->api('UpdateInvoice', ['invoiceid' => $this->invoiceId, 'status' => 'Cancelled']);
            }
            $difference = Hundredths::parse((string) Witnesses::balance($clientId)) - Hundredths::parse($before);
            if (abs($difference) > Hundredths::parse(self::CREDIT)) {
                // Somebody else moved this client's credit during the trial; do not reverse that.
                $left[] = 'The balance of client ' . $clientId . ' changed by more than the trial: please check whether '
                    . self::CREDIT . ' of the trial is left on it.';
            } elseif ($difference !== 0) {
                $this->api('AddCredit', [
                    'clientid' => $clientId, 'description' => 'Credit Bridge trial: back to what it was',
                    'amount' => Hundredths::format(abs($difference)), 'type' => $difference > 0 ? 'remove' : 'add',
                ]);
            }
        } catch (Throwable $fault) {
            $left[] = 'Please check invoice ' . $this->invoiceId . ' and the balance of client ' . $clientId . ': '
                . $fault->getMessage();
        }
        return implode(' ', $left);
    }

    private function conclude(string $left, array $deposit): string
    {
        $wanted = ['status' => 'Unpaid', 'credit' => self::CREDIT, 'balance' => self::CREDIT];
        $reason = $this->fault;
        foreach (['InvoiceCreationPreEmail', 'InvoiceCreated', 'afterwards'] as $moment) {
            $now = $this->seen[$moment] ?? null;
            if ($reason === '' && ($now === null || array_intersect_key($now, $wanted) != $wanted)) {
                $reason = $now === null ? $moment . ' was not seen.' : 'At ' . $moment . ' the invoice was ' . $now['status']
                    . ' with ' . $now['credit'] . ' credit and ' . $now['balance'] . ' open.';
            }
        }
        $hasPassed = $reason === '';
        $reason = $hasPassed ? 'Credit, total and status survived.' : $reason;
        $this->settings->write(['trial' => [
            'passed' => $hasPassed,
            'at' => gmdate('Y-m-d\TH:i:s\Z'),
            'version' => (string) WhmcsSetting::read('Version'),
            'invoice' => $this->invoiceId,
            'reason' => $reason,
            'seen' => $this->seen,
            'deposit' => $deposit,
        ]]);
        Log::activity('the trial invoice ' . ($hasPassed ? 'passed.' : 'did not pass: ' . $reason));

        return ($hasPassed ? 'The trial passed: credit may be applied before the mail.'
            : 'The trial did not pass: ' . $reason)
            . (($deposit['passed'] ?? false) ? ' Invoices that add credit can be created.'
                : ' Invoices that add credit cannot be created: ' . ($deposit['reason'] ?? 'this was not tried.'))
            . ($left === '' ? '' : ' ' . $left);
    }

    private function api(string $action, array $parameters): array
    {
        return LocalApi::demand($action, $parameters, $this->admin);
    }
}
