<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use RuntimeException;
use Throwable;
use WHMCS\Module\Addon\Creditbridge\Command\AddFundsLine;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * Tries to create an invoice that adds credit: SQL sets the line type of a draft, then WHMCS publishes it. No API
 * action can create such an invoice (whmcs.md §2.3), and it is not known what 9.x does with it (§8.3). The trial does
 * not pay it, because a payment would stay in the books.
 */
final class TrialDeposit
{
    const AMOUNT = '0.02';

    /** @var string */
    private $admin;
    /** @var int */
    private $invoiceId = 0;

    public function __construct(string $admin)
    {
        $this->admin = $admin;
    }

    /**
     * Runs the trial. TrialRemains cancels its invoice.
     *
     * @return array{passed: bool, version: string, invoice: int, reason: string}
     */
    public function run(TrialRecord $trial): array
    {
        try {
            $reason = $this->tried($trial);
        } catch (Throwable $fault) {
            $reason = $fault->getMessage();
        }
        return [
            'passed' => $reason === '',
            'version' => (string) WhmcsSetting::read('Version'),
            'invoice' => $this->invoiceId,
            'reason' => $reason === '' ? 'The line type survived publishing.' : trim($reason),
        ];
    }

    /** Returns what went wrong, in words; '' on success. */
    private function tried(TrialRecord $trial): string
    {
        $answer = $this->api('CreateInvoice', [
            'userid' => $trial->clientId, 'draft' => '1', 'autoapplycredit' => '0', 'notes' => $trial->text(),
            'date' => date('Y-m-d'), 'duedate' => date('Y-m-d'),
            'itemdescription1' => $trial->text(), 'itemamount1' => self::AMOUNT, 'itemtaxed1' => '0',
        ]);
        $this->invoiceId = (int) $answer['invoiceid'];
        $lines = Database::rows('SELECT id FROM tblinvoiceitems WHERE invoiceid = ?', [$this->invoiceId]);
        if (count($lines) !== 1) {
            throw new RuntimeException('Another module adds lines to new invoices; the draft had ' . count($lines) . '.');
        }
        AddFundsLine::set($this->invoiceId, [(int) $lines[0]['id']]);
        $this->api('UpdateInvoice', ['invoiceid' => $this->invoiceId, 'publish' => '1']);
        $now = Witnesses::invoice($this->invoiceId);
        $isKept = AddFundsLine::count($this->invoiceId) === 1;

        return $now !== null && $now['status'] === 'Unpaid' && $now['balance'] === self::AMOUNT && $isKept ? ''
            : 'After publishing, the invoice was ' . ($now['status'] ?? 'gone') . ' with ' . ($now['balance'] ?? 'nothing')
                . ' open, and its line ' . ($isKept ? 'adds credit.' : 'no longer adds credit.');
    }

    private function api(string $action, array $parameters): array
    {
        return LocalApi::demand($action, $parameters, $this->admin);
    }
}
