<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Log;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * Tries whether credit may be applied before an invoice's mail. It is not documented what WHMCS does to an invoice
 * between InvoiceCreationPreEmail and InvoiceCreated (whmcs.md §8.6). So an invoice of 0.02 for a test client gets 0.01
 * of credit at that point; credit, total and status must be unchanged at InvoiceCreated and afterwards. TrialDeposit
 * follows.
 */
final class TrialInvoice extends Trial
{
    /** @var int */
    private $invoiceId = 0;
    /** @var array moment → the invoice at that moment */
    private $seen = [];
    /** @var string */
    private $fault = '';

    protected function kind(): string
    {
        return Verdicts::MAIL;
    }

    protected function carryOut(TrialRecord $trial): string
    {
        $this->listen($trial->clientId);
        try {
            $this->api('AddCredit', [
                'clientid' => $trial->clientId, 'description' => $trial->text(), 'amount' => self::CREDIT, 'type' => 'add',
            ]);
            $answer = $this->api('CreateInvoice', [
                'userid' => $trial->clientId, 'status' => 'Unpaid', 'sendinvoice' => '1', 'autoapplycredit' => '0',
                'itemdescription1' => $trial->text(), 'itemamount1' => self::TOTAL, 'itemtaxed1' => '0',
                'date' => date('Y-m-d'), 'duedate' => date('Y-m-d'), 'notes' => $trial->text(),
            ]);
            $this->invoiceId = (int) $answer['invoiceid'];
            $this->seen['afterwards'] = Witnesses::invoice($this->invoiceId);
        } catch (Throwable $fault) {
            $this->fault = $fault->getMessage();
        }
        $deposit = $this->invoiceId === 0 ? [] : (new TrialDeposit($this->admin))->run($trial);
        $left = (new TrialRemains($trial, $this->admin))->cleanUp();

        return $this->conclude(implode(' ', $left), $deposit);
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
        Verdicts::store($this->settings, Verdicts::MAIL, [
            'passed' => $hasPassed,
            'invoice' => $this->invoiceId,
            'reason' => $reason,
            'left' => $left,
            'seen' => $this->seen,
            'deposit' => $deposit,
        ]);
        Log::activity('the trial invoice ' . ($hasPassed ? 'passed.' : 'did not pass: ' . $reason));

        return ($hasPassed ? 'The trial passed: credit may be applied before the mail.'
            : 'The trial did not pass: ' . $reason)
            . (($deposit['passed'] ?? false) ? ' Invoices that add credit can be created.'
                : ' Invoices that add credit cannot be created: ' . ($deposit['reason'] ?? 'this was not tried.'))
            . ($left === '' ? '' : ' ' . $left);
    }
}
